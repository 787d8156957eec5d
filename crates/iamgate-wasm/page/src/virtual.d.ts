// The content of the single file, deflated and in base64. scripts/page.js makes it.
declare module "virtual:carried" {
  export const wasm: string;
  export const details: string;
}
