package io.holdfast.registry.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.MalformedInstanceException;
import io.holdfast.registry.RegistryFormat;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.format.Extras.Readers;

/**
 * Curator's x-discovery: {@code <base>/<service>/<id>} with a JSON object. Its {@code
 * ServiceDiscovery} sees our instances and we see its.
 *
 * <p>{@code port} is our port {@code http}, or the first by name if there is no such; {@code
 * sslPort} is {@code https}. {@code enabled} is true for {@link InstanceStatus#UP} only. What
 * Curator has no field for goes into an object {@code holdfast} ({@link #at}) or among Spring's
 * metadata ({@link #spring}); all shapes are read, whichever is written. Any other payload that is
 * an object gives its simple fields to the metadata, a simple payload is there as {@code payload};
 * {@code region}, {@code zone} and {@code version} are taken for what they are called. Of Spring's
 * metadata {@code weight} is a weight as well, its 1 being our 100, and {@code instance_status} the
 * status.
 *
 * <p>{@code @class} is written where Spring's readers want it, and never followed when read.
 */
public final class CuratorFormat implements RegistryFormat {

  private static final String HOLDFAST = "holdfast";
  private static final String HTTPS = "https";
  private static final String PAYLOAD = "payload";
  private static final String SPRING_BASE = "/services";
  private static final String SPRING_CLASS =
      "org.springframework.cloud.zookeeper.discovery.ZookeeperInstance";

  private final Key base;
  private final Shape shape;

  /** Fixed, so that the same instance is always the same text. */
  private final long registered = System.currentTimeMillis();

  private enum Shape {
    PLAIN,
    SPRING
  }

  private CuratorFormat(Key base, Shape shape) {
    this.base = base;
    this.shape = shape;
  }

  /**
   * As {@code ServiceDiscoveryBuilder} with {@code basePath(base)} and no payload has it.
   *
   * @param base the path in ZooKeeper, {@code /discovery} say; outside our namespace
   */
  public static CuratorFormat at(String base) {
    return new CuratorFormat(Key.absolute(base), Shape.PLAIN);
  }

  /** As Spring Cloud Zookeeper has it, at its ordinary base {@code /services}. */
  public static CuratorFormat spring() {
    return spring(SPRING_BASE);
  }

  /** As Spring Cloud Zookeeper has it, at another {@code spring.cloud.zookeeper.discovery.root}. */
  public static CuratorFormat spring(String base) {
    return new CuratorFormat(Key.absolute(base), Shape.SPRING);
  }

  @Override
  public Key services() {
    return base;
  }

  @Override
  public Payload encode(ServiceInstance instance) {
    ObjectNode tree = JsonText.newObject();
    tree.put("name", instance.service());
    tree.put("id", instance.id());
    tree.put("address", instance.host());
    putPort(tree, "port", plainPort(instance));
    putPort(tree, "sslPort", instance.port(HTTPS).orElse(0));
    if (shape == Shape.SPRING) {
      ObjectNode payload = tree.putObject(PAYLOAD);
      payload.put("@class", SPRING_CLASS);
      payload.put("id", instance.id());
      payload.put("name", instance.service());
      Extras.write(instance, payload.putObject("metadata"), Readers.SPRING);
    } else {
      tree.putNull(PAYLOAD);
    }
    tree.put("registrationTimeUTC", registered);
    tree.put("serviceType", "DYNAMIC");
    tree.putNull("uriSpec");
    tree.put("enabled", instance.status() == InstanceStatus.UP);
    if (shape == Shape.PLAIN) {
      Extras.write(instance, tree.putObject(HOLDFAST), Readers.OTHERS);
    }
    return JsonText.write(tree);
  }

  private static int plainPort(ServiceInstance instance) {
    return instance
        .port(ServiceInstance.HTTP)
        .orElseGet(
            () ->
                instance.ports().entrySet().stream()
                    .filter(port -> !port.getKey().equals(HTTPS))
                    .map(port -> port.getValue())
                    .findFirst()
                    .orElse(0));
  }

  private static void putPort(ObjectNode tree, String field, int port) {
    if (port == 0) {
      tree.putNull(field);
    } else {
      tree.put(field, port);
    }
  }

  @Override
  public ServiceInstance decode(String service, String id, Payload payload)
      throws MalformedInstanceException {
    JsonNode tree = JsonText.read(payload);
    if (!JsonText.text(tree, "name").equals(service) || !JsonText.text(tree, "id").equals(id)) {
      throw new MalformedInstanceException("it speaks of another instance than its path");
    }
    try {
      ServiceInstance instance = ServiceInstance.of(service, id, JsonText.text(tree, "address"));
      instance = withPort(instance, ServiceInstance.HTTP, tree.path("port"));
      instance = withPort(instance, HTTPS, tree.path("sslPort"));
      instance = withPayload(instance, tree.path(PAYLOAD));
      instance = Extras.read(instance, tree.path(HOLDFAST), Readers.OTHERS);
      boolean disabled = tree.path("enabled").isBoolean() && !tree.path("enabled").booleanValue();
      return disabled && instance.status() == InstanceStatus.UP
          ? instance.withStatus(InstanceStatus.OUT_OF_SERVICE)
          : instance;
    } catch (IllegalArgumentException e) {
      throw new MalformedInstanceException(String.valueOf(e.getMessage()));
    }
  }

  /** Curator's users write 0 or null for a port that is not there. */
  private static ServiceInstance withPort(ServiceInstance instance, String name, JsonNode port)
      throws MalformedInstanceException {
    if (port.isMissingNode() || port.isNull()) {
      return instance;
    }
    if (!port.canConvertToInt()) {
      throw new MalformedInstanceException("no port number in '" + name + "'");
    }
    return port.intValue() == 0 ? instance : instance.withPort(name, port.intValue());
  }

  private static ServiceInstance withPayload(ServiceInstance instance, JsonNode payload) {
    boolean isSprings = payload.path("@class").asText().equals(SPRING_CLASS);
    Readers writers = isSprings ? Readers.SPRING : Readers.OTHERS;
    if (payload.path("metadata").isObject()) {
      return Extras.read(instance, payload.path("metadata"), writers);
    }
    if (payload.isObject()) {
      return Extras.read(instance, payload, writers);
    }
    return payload.isValueNode() && !payload.isNull()
        ? Extras.read(instance, JsonText.newObject().set(PAYLOAD, payload), writers)
        : instance;
  }
}
