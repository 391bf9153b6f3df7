package io.holdfast.spring.discovery;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the application finds other services by Spring Cloud's interfaces.
 *
 * @param enabled whether there are Spring Cloud's beans for discovery
 * @param order place of Holdfast among several discovery clients; the lower is asked first
 * @param heartbeat whether Spring Cloud's HeartbeatEvent tells of services and instances that come
 *     or go
 * @param firstAnswer how long the first look at a service waits for the cluster; after that it
 *     takes what is known
 */
@ConfigurationProperties("holdfast.discovery")
public record DiscoveryProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("0") int order,
    @DefaultValue("true") boolean heartbeat,
    @DefaultValue("2s") Duration firstAnswer) {

  public DiscoveryProperties {
    if (firstAnswer.isNegative()) {
      throw new IllegalArgumentException(
          "holdfast.discovery.first-answer must not be negative: " + firstAnswer);
    }
  }
}
