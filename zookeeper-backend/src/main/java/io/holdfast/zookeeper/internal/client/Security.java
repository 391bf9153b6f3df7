package io.holdfast.zookeeper.internal.client;

import io.holdfast.coordination.ClusterUri;
import io.holdfast.coordination.security.Credentials;
import io.holdfast.spi.Durations;
import io.holdfast.spi.tls.TlsMaterial;
import io.holdfast.spi.tls.TlsProbe;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.data.ACL;

/**
 * How the connections to one ensemble are secured.
 *
 * @param probing for {@link TlsProbe}; empty without TLS
 */
public record Security(Credentials credentials, Optional<SSLContext> probing) {

  /** Of addresses that ask for TLS. */
  public static final String TLS_SCHEME = "zookeeper+tls";

  private static final Duration PROBE_PATIENCE = Duration.ofSeconds(1);

  /**
   * What an address and the credentials come to.
   *
   * @throws IllegalArgumentException if they do not fit together or a file cannot be used
   */
  public static Security of(ClusterUri uri, Credentials credentials) {
    credentials.checkAddress(uri.scheme(), uri.hosts());
    credentials.login().ifPresent(login -> login.password().read());
    return new Security(
        credentials,
        uri.scheme().equals(TLS_SCHEME)
            ? Optional.of(TlsMaterial.of(credentials).context())
            : Optional.empty());
  }

  /** The same without saying who we are. */
  public Security anonymous() {
    return new Security(
        new Credentials(credentials.authorities(), Optional.empty(), Optional.empty()), probing);
  }

  boolean isTls() {
    return probing.isPresent();
  }

  /**
   * Whose our nodes are: ours alone if the servers can tell who we are, and everybody's otherwise.
   */
  public List<ACL> acl() {
    return credentials.identifyUs() ? Ids.CREATOR_ALL_ACL : Ids.OPEN_ACL_UNSAFE;
  }

  /** What to tell ZooKeeper's client for one session. */
  public ClientSettings settings() {
    return new ClientSettings(this);
  }

  /** Asks servers why there is no connection. */
  public TlsProbe probe() {
    return new TlsProbe(probing, Durations.intMillis(PROBE_PATIENCE));
  }
}
