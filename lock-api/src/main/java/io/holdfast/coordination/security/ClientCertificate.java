package io.holdfast.coordination.security;

import java.nio.file.Path;

/**
 * What a client shows to a server that asks who it is.
 *
 * @param chain the certificate and those between it and the authority, PEM
 * @param key its private key, PEM in PKCS #8 form, not encrypted; may be the same file
 */
public record ClientCertificate(Path chain, Path key) {}
