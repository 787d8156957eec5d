// The WebAssembly module and the details of the catalogue, deflated and in base64. vite.config.ts makes them.
declare module "virtual:module" {
  const base64: string;
  export default base64;
}
declare module "virtual:details" {
  const base64: string;
  export default base64;
}
