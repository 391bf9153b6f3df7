package io.holdfast.spring.boot;

import io.holdfast.coordination.ClusterUri;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the application connects to the cluster. A value that cannot work ends the start of the
 * application, with a message that names the property.
 *
 * @param enabled whether there are any beans of Holdfast
 * @param connect address of the cluster, such as zookeeper://host1:2181,host2:2181/payments or
 *     etcd+tls://host1:2379/payments; the path is the namespace. It carries no password
 * @param owner who we are, for those who inspect the cluster; spring.application.name if not set
 * @param sessionTimeout how long the cluster keeps our session after it last heard from us
 * @param connectTimeout how long the start waits for the cluster, if it waits
 * @param requestTimeout the time after which a reply counts as lost
 * @param start what the start does if the cluster does not answer
 * @param security how we prove our identity to the cluster
 * @param registry how this process registers and views services
 */
@ConfigurationProperties("holdfast")
public record HoldfastProperties(
    @DefaultValue("true") boolean enabled,
    @Nullable String connect,
    @Nullable String owner,
    @DefaultValue("10s") Duration sessionTimeout,
    @DefaultValue("15s") Duration connectTimeout,
    @DefaultValue("5s") Duration requestTimeout,
    @DefaultValue("wait") Start start,
    @DefaultValue Security security,
    @DefaultValue Registry registry) {

  /** What the start of the application does if the cluster does not answer. */
  public enum Start {
    /** Waits for the connect time-out, then fails. */
    WAIT,
    /** Goes on. Calls that need the cluster wait; views of services start from the disk cache. */
    BACKGROUND
  }

  /**
   * How we prove our identity.
   *
   * @param sslBundle name of a bundle of spring.ssl.bundle: its trust store says which servers we
   *     trust, its key store is our client certificate. The address must ask for TLS then
   * @param user name of the user, for a cluster that asks for user and password
   * @param password password of the user; better is passwordFile, which may change meanwhile
   * @param passwordFile file whose first line is the password; read again at each login
   */
  public record Security(
      @Nullable String sslBundle,
      @Nullable String user,
      @Nullable String password,
      @Nullable Path passwordFile) {

    public Security {
      if (password != null && passwordFile != null) {
        throw new IllegalArgumentException(
            "holdfast.security has both a password and a password-file: leave one out");
      }
      if ((user != null) != (password != null || passwordFile != null)) {
        throw new IllegalArgumentException(
            "holdfast.security needs a user and its password or password-file together");
      }
    }

    /** Without the password. */
    @Override
    public String toString() {
      return "Security[sslBundle=" + sslBundle + ", user=" + user + "]";
    }
  }

  /**
   * How this process registers and views services.
   *
   * @param patience how long a registration waits for the cluster; the connect time-out if not set
   * @param cache folder where views keep their last snapshot, to start from while the cluster is
   *     away; one per cluster and namespace
   */
  public record Registry(@Nullable Duration patience, @Nullable Path cache) {

    public Registry {
      if (patience != null) {
        positive("registry.patience", patience);
      }
    }
  }

  public HoldfastProperties {
    if (connect != null) {
      ClusterUri.parse(connect);
    }
    positive("session-timeout", sessionTimeout);
    positive("connect-timeout", connectTimeout);
    positive("request-timeout", requestTimeout);
  }

  private static void positive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException("holdfast." + name + " must be positive: " + value);
    }
  }
}
