// The package ships no types: a list of local parts.
declare module 'role-based-email-addresses' {
  const localParts: readonly string[]
  export default localParts
}
