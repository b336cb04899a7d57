/** Temporary files lie only in the folders of destination, and all have names like this. */
export const TEMPORARY_NAME = /^\.indabundle-[0-9a-f]{8}-\d+\.tmp$/;
