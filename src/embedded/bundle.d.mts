/**
 * Writes `script` (a .ts file) with everything of ours that it imports into `folder`, packages aside, and returns the file to run.
 * What `script` imports only when it needs it stays a file of its own. Packages are found from `folder`, so it lies within the
 * repository. Throws esbuild's Error, which names the place, where a source is no TypeScript.
 */
export declare function bundle(script: string, folder: string): Promise<string>
