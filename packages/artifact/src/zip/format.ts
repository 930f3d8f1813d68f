/**
 * The numbers of the zip format that packages use (PKWARE's APPNOTE 6.3, sections 4.3 to 4.5), and nothing that
 * packages may not use.
 */

export const LOCAL_HEADER_SIGNATURE = 0x04034b50;
export const CENTRAL_RECORD_SIGNATURE = 0x02014b50;
export const END_SIGNATURE = 0x06054b50;
export const ZIP64_END_SIGNATURE = 0x06064b50;
export const ZIP64_LOCATOR_SIGNATURE = 0x07064b50;
export const DESCRIPTOR_SIGNATURE = 0x08074b50;

export const LOCAL_HEADER_BYTES = 30;
export const CENTRAL_RECORD_BYTES = 46;
export const END_BYTES = 22;
export const ZIP64_END_BYTES = 56;
export const ZIP64_LOCATOR_BYTES = 20;

/** In a 16 or 32 bit field: the real value is in a zip64 record. */
export const IN_ZIP64_16 = 0xffff;
export const IN_ZIP64_32 = 0xffffffff;

export const METHOD_STORED = 0;
export const METHOD_DEFLATED = 8;
export const METHOD_AES = 99;

export const FLAG_ENCRYPTED = 1 << 0;
export const FLAG_DESCRIPTOR = 1 << 3;
export const FLAG_STRONG_ENCRYPTION = 1 << 6;
export const FLAG_UTF8 = 1 << 11;
export const FLAG_MASKED_HEADERS = 1 << 13;
/** Bits 1 and 2 only tell how hard the packer tried. */
export const FLAG_DEFLATE_EFFORT = (1 << 1) | (1 << 2);

export const EXTRA_ZIP64 = 0x0001;
export const EXTRA_UNICODE_PATH = 0x7075;
export const EXTRA_ASI_UNIX = 0x756e;
export const EXTRA_AES = 0x9901;
