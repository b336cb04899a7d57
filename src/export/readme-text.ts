/**
 * README.txt in every bundle: how to open and check it in twenty years, without this program.
 * The same text in every bundle, so that the same selection gives the same bytes.
 */
export const README_TEXT = `This is an indabundle: pictures of a photo archive, with what is known about them.
Ez egy indabundle: egy fotóarchívum képei és a hozzájuk tartozó adatok.

WHAT IS INSIDE
  manifest.json   what this bundle holds, who made it and when
  records/        one line of JSON per picture: title, author, tags, albums, address
  authors/        one line of JSON per author
  files/          the pictures, each named after the SHA-256 digest of its bytes
  index.jsonl     the pictures that are really here, and those left out with the reason
  SHA256SUMS      the digests of all files
  end.json        the last file: if it is missing, the bundle was cut short

HOW TO OPEN IT WITHOUT INDABUNDLE
  It is a tar archive compressed with Zstandard (RFC 8878).
    tar --zstd -xf NAME.indabundle
  or
    zstd -dc NAME.indabundle | tar -xf -
  On Windows 11 rename it to NAME.tar.zst and open it with the Explorer, or with 7-Zip.

HOW TO CHECK IT
    sha256sum -c SHA256SUMS

HOGYAN NYITHATÓ MEG INDABUNDLE NÉLKÜL
  Zstandard tömörítésű tar archívum (RFC 8878).
    tar --zstd -xf NÉV.indabundle
  Windows 11 alatt nevezze át NÉV.tar.zst névre, és nyissa meg az Intézővel vagy a 7-Zip programmal.

ELLENŐRZÉS
    sha256sum -c SHA256SUMS
`;
