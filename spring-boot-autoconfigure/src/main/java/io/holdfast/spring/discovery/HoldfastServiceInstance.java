package io.holdfast.spring.discovery;

import io.holdfast.registry.RegisteredInstance;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.springframework.cloud.client.ServiceInstance;

/**
 * An instance as Spring Cloud wants it. Its port is the one named {@code http}, else {@code https},
 * else the first by name. The metadata also has {@code holdfast.zone}, {@code holdfast.version} and
 * so on, where the instance has them; {@code zone} is set for Spring Cloud's zone preference.
 */
public class HoldfastServiceInstance implements ServiceInstance {

  private static final String HTTPS = "https";

  private final io.holdfast.registry.ServiceInstance instance;

  /** Of what the registry knows. */
  public HoldfastServiceInstance(io.holdfast.registry.ServiceInstance instance) {
    this.instance = instance;
  }

  static ServiceInstance of(RegisteredInstance registered) {
    return new HoldfastServiceInstance(registered.instance());
  }

  /** What the registry knows. */
  public final io.holdfast.registry.ServiceInstance instance() {
    return instance;
  }

  @Override
  public final String getInstanceId() {
    return instance.id();
  }

  @Override
  public final String getServiceId() {
    return instance.service();
  }

  /** An IPv6 address is in brackets, as URLs want it. */
  @Override
  public final String getHost() {
    return instance.host().indexOf(':') < 0 ? instance.host() : "[" + instance.host() + "]";
  }

  @Override
  public final int getPort() {
    return instance
        .port(io.holdfast.registry.ServiceInstance.HTTP)
        .orElseGet(
            () ->
                instance
                    .port(HTTPS)
                    .orElseGet(() -> instance.ports().values().stream().findFirst().orElse(0)));
  }

  @Override
  public final boolean isSecure() {
    return instance.port(io.holdfast.registry.ServiceInstance.HTTP).isEmpty()
        && instance.port(HTTPS).isPresent();
  }

  @Override
  public final URI getUri() {
    return ServiceInstance.createUri(this);
  }

  @Override
  public final Map<String, String> getMetadata() {
    Map<String, String> all = new TreeMap<>(instance.metadata());
    put(all, "zone", instance.zone());
    put(all, "holdfast.region", instance.region());
    put(all, "holdfast.version", instance.version());
    put(all, "holdfast.tags", String.join(",", instance.tags()));
    all.putIfAbsent("holdfast.weight", Integer.toString(instance.weight()));
    return all;
  }

  private static void put(Map<String, String> all, String key, String value) {
    if (!value.isEmpty()) {
      all.putIfAbsent(key, value);
    }
  }

  /** Equal if they describe the same instance alike. */
  @Override
  public final boolean equals(Object other) {
    return other instanceof HoldfastServiceInstance that && instance.equals(that.instance);
  }

  @Override
  public final int hashCode() {
    return Objects.hash(instance);
  }

  @Override
  public String toString() {
    return instance.service() + "/" + instance.id() + " at " + instance.host() + ":" + getPort();
  }
}
