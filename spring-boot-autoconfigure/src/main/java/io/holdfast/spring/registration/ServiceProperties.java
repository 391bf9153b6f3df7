package io.holdfast.spring.registration;

import io.holdfast.registry.ServiceInstance;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the application registers itself.
 *
 * @param register whether an application with a web server registers itself
 * @param name name of the service; spring.application.name if not set
 * @param id id of this instance, unique in the service; its host and port if not set, so that a
 *     restarted instance takes the place of its predecessor
 * @param host where others reach it; if not set, server.address if that is one address, else the
 *     first address of this machine that is not loopback
 * @param port port that others use; the one that the web server listens on if not set
 * @param portName name of that port; https if the web server has TLS, else http, if not set
 * @param up when the instance takes requests
 * @param region where it runs
 * @param zone failure domain within the region
 * @param version software that it runs
 * @param weight share of the load relative to others, 0 to 10,000
 * @param tags tags of the instance
 * @param metadata whatever else others need to know; no secrets
 * @param drain how it leaves
 */
@ConfigurationProperties("holdfast.service")
public record ServiceProperties(
    @DefaultValue("true") boolean register,
    @Nullable String name,
    @Nullable String id,
    @Nullable String host,
    @Nullable Integer port,
    @Nullable String portName,
    @DefaultValue("ready") Up up,
    @DefaultValue("") String region,
    @DefaultValue("") String zone,
    @DefaultValue("") String version,
    @DefaultValue("100") int weight,
    @DefaultValue Set<String> tags,
    @DefaultValue Map<String, String> metadata,
    @DefaultValue Drain drain) {

  /** When the instance takes requests. */
  public enum Up {
    /**
     * While the application is ready (its readiness state is ACCEPTING_TRAFFIC): STARTING before,
     * DOWN if it refuses traffic later.
     */
    READY,
    /** As soon as the web server listens. */
    LISTENING
  }

  /**
   * How the instance leaves.
   *
   * @param bound how long the shutdown waits at most until all clients have stopped choosing it;
   *     less than spring.lifecycle.timeout-per-shutdown-phase. Zero: it leaves without a drain
   * @param settle so long no request may have arrived before the web server stops, for those that
   *     were on their way; within the bound
   */
  public record Drain(@DefaultValue("20s") Duration bound, @DefaultValue("250ms") Duration settle) {

    public Drain {
      if (bound.isNegative() || settle.isNegative()) {
        throw new IllegalArgumentException("holdfast.service.drain has a time that is negative");
      }
    }
  }

  /** Checks all that the cluster would refuse, so that the start of the application says it. */
  public ServiceProperties {
    new ServiceInstance(
        name == null ? "checked" : name,
        id == null ? "checked" : id,
        host == null ? "checked" : host,
        Map.of(portName == null ? "http" : portName, port == null ? 1 : port),
        io.holdfast.registry.InstanceStatus.STARTING,
        weight,
        region,
        zone,
        version,
        tags,
        metadata);
  }
}
