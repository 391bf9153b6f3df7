package io.holdfast.coordination.security;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who we are to the cluster, and whom we take for the cluster.
 *
 * <p>A server's certificate must be signed by a trusted authority and name the host that the
 * address names; neither check can be turned off. Files are read again for every new connection, so
 * that replaced certificates and passwords are taken up without a restart.
 *
 * <p>With a user or a client certificate, everything that is written to ZooKeeper belongs to that
 * identity and nobody else can read or change it. etcd has roles for that.
 *
 * @param authorities certificates (PEM) of those who sign for the servers; if empty, whom the JVM
 *     trusts
 * @param certificate our own; if empty, we show none
 * @param login for a cluster that asks for user and password; if empty, we do not log in
 */
public record Credentials(
    Optional<Path> authorities, Optional<ClientCertificate> certificate, Optional<Login> login) {

  private static final Logger LOG = LoggerFactory.getLogger(Credentials.class);
  private static final String TLS = "+tls";

  /** Nobody in particular, and the JVM's trust. */
  public static Credentials none() {
    return new Credentials(Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** Trusting those in {@code pem}, and nobody else. */
  public Credentials withAuthorities(Path pem) {
    return new Credentials(Optional.of(pem), certificate, login);
  }

  /** With a client certificate, as for mutual TLS. */
  public Credentials withCertificate(Path chain, Path key) {
    return new Credentials(authorities, Optional.of(new ClientCertificate(chain, key)), login);
  }

  /** With user and password. */
  public Credentials withLogin(String user, Secret password) {
    return new Credentials(authorities, certificate, Optional.of(new Login(user, password)));
  }

  /** True if the cluster can tell us from others. */
  public boolean identifyUs() {
    return certificate.isPresent() || login.isPresent();
  }

  /**
   * Checks them against an address, once for each cluster that is opened. Warns of a password that
   * goes where others can listen.
   *
   * @param hosts as in the address, with or without a port
   * @throws IllegalArgumentException if they need TLS and the scheme does not ask for it
   */
  public void checkAddress(String scheme, List<String> hosts) {
    if (scheme.endsWith(TLS)) {
      return;
    }
    if (authorities.isPresent() || certificate.isPresent()) {
      throw new IllegalArgumentException(
          "certificates are given, but "
              + scheme
              + ":// asks for no TLS: use "
              + scheme
              + "+tls://, or leave them out");
    }
    List<String> remote = hosts.stream().filter(host -> !Loopback.isOn(host)).toList();
    if (login.isPresent() && !remote.isEmpty()) {
      LOG.warn(
          "user {} logs in to {} without TLS: anybody on the network path can learn the password"
              + " or act in our name; use {}{}://",
          login.get().user(),
          remote,
          scheme,
          TLS);
    }
  }
}
