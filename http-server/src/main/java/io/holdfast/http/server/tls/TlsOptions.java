package io.holdfast.http.server.tls;

import io.vertx.core.http.ClientAuth;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a server needs to speak TLS.
 *
 * @param identity its certificate, shown to clients and, if they ask, to other servers
 * @param authorities PEM, who signs for the other servers and for clients; if empty, whom the JVM
 *     trusts, and clients show no certificate
 * @param clients whether clients show a certificate
 */
public record TlsOptions(TlsIdentity identity, Optional<Path> authorities, ClientAuth clients) {

  public TlsOptions {
    if (clients != ClientAuth.NONE && authorities.isEmpty()) {
      throw new IllegalArgumentException(
          "client certificates need the file of an authority that signs them");
    }
  }
}
