package io.holdfast.testkit.tls;

import io.holdfast.coordination.security.ClientCertificate;
import java.nio.file.Path;

/**
 * How a server under test speaks TLS to its clients.
 *
 * @param certificate its own
 * @param authorities who signs for its clients, PEM
 * @param clients whether they must show a certificate
 */
public record ServerTls(ClientCertificate certificate, Path authorities, Clients clients) {

  /** What a server asks of its clients. */
  public enum Clients {
    /** Anybody may come. */
    ANONYMOUS,
    /** Only those with a certificate that an authority signed. */
    CERTIFIED
  }

  /** A server on this machine whose certificate is from {@code authority}, like its clients'. */
  public static ServerTls by(TestAuthority authority, Clients clients) {
    return new ServerTls(authority.server(), authority.pem(), clients);
  }
}
