package io.holdfast.http.server.tls;

import io.holdfast.coordination.security.ClientCertificate;
import io.holdfast.coordination.security.Secret;
import java.nio.file.Path;

/** Where a server's certificate and its private key are. */
public sealed interface TlsIdentity {

  /** The file that is named when something is wrong with it. */
  Path file();

  /**
   * Two PEM files.
   *
   * @param certificate the chain, and its key in PKCS #8 form
   */
  record Pem(ClientCertificate certificate) implements TlsIdentity {
    @Override
    public Path file() {
      return certificate.chain();
    }
  }

  /**
   * A PKCS #12 store with one key in it.
   *
   * @param file the store
   * @param password of the store and of the key
   */
  record Pkcs12(Path file, Secret password) implements TlsIdentity {}
}
