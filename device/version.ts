/** Version of the camera's program; test/device/version.test.ts keeps it equal to package.json. */
export const APP_VERSION = "0.1.0";
