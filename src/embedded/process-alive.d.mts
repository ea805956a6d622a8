/** True while the process with this id runs, whoever owns it. A zombie is dead. */
export declare function processAlive(pid: number): boolean
