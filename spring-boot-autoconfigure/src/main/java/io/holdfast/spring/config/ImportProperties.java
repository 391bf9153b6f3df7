package io.holdfast.spring.config;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How {@code spring.config.import=holdfast:<group>} reads the settings of a group, and of {@code
 * <group>.<profile>} for each active profile. The cluster is that of {@code holdfast.connect}; the
 * session of the import is one of its own, because it is there before any bean.
 *
 * @param keys file with the keys of secrets; only we may read it
 * @param cache folder for the last settings seen, to start from while the cluster is away; one per
 *     cluster and namespace
 * @param timeout how long the start waits for the cluster; holdfast.connect-timeout if not set.
 *     With settings in the cache it does not wait
 * @param refresh whether changes reach the running application
 * @param tls files for TLS: a bundle of spring.ssl cannot be had so early
 */
@ConfigurationProperties("holdfast.config")
public record ImportProperties(
    @Nullable Path keys,
    @Nullable Path cache,
    @Nullable Duration timeout,
    @DefaultValue("true") boolean refresh,
    @DefaultValue Tls tls) {

  /**
   * Files for TLS, in PEM.
   *
   * @param authorities certificates of those who sign for the servers
   * @param certificate our own certificate
   * @param key its private key, in PKCS #8
   */
  public record Tls(@Nullable Path authorities, @Nullable Path certificate, @Nullable Path key) {

    public Tls {
      if ((certificate == null) != (key == null)) {
        throw new IllegalArgumentException(
            "holdfast.config.tls needs a certificate and its key together");
      }
    }
  }

  public ImportProperties {
    if (timeout != null && (timeout.isNegative() || timeout.isZero())) {
      throw new IllegalArgumentException("holdfast.config.timeout must be positive: " + timeout);
    }
  }
}
