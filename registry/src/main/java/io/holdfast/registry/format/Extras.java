package io.holdfast.registry.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.ServiceInstance;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a foreign format has no field for, as a flat map of texts among the metadata, under the
 * names that others use for it where there are such: {@code zone}, {@code version}, {@code weight},
 * {@code instance_status} (Spring's). What is ordinary is left out.
 */
final class Extras {

  private static final Logger LOG = LoggerFactory.getLogger(Extras.class);
  private static final String SPRING_STATUS = "instance_status";
  private static final String STATUS = "holdfast.status";
  private static final String PORTS = "holdfast.ports";
  private static final String TAGS = "holdfast.tags";
  private static final String REGION = "region";
  private static final String ZONE = "zone";
  private static final String VERSION = "version";
  private static final String WEIGHT = "weight";

  /** Names the class of a payload, to Jackson; never to us. */
  private static final String CLASS = "@class";

  private Extras() {}

  /** Puts metadata and extras of {@code instance} in {@code tree}. */
  static void write(ServiceInstance instance, ObjectNode tree) {
    Map<String, String> fields = new TreeMap<>(instance.metadata());
    if (instance.status() != InstanceStatus.UP) {
      fields.put(SPRING_STATUS, InstanceStatus.OUT_OF_SERVICE.name());
      fields.put(STATUS, instance.status().name());
    }
    if (instance.weight() != ServiceInstance.ORDINARY_WEIGHT) {
      fields.put(WEIGHT, Integer.toString(instance.weight()));
    }
    if (!instance.region().isEmpty()) {
      fields.put(REGION, instance.region());
    }
    if (!instance.zone().isEmpty()) {
      fields.put(ZONE, instance.zone());
    }
    if (!instance.version().isEmpty()) {
      fields.put(VERSION, instance.version());
    }
    if (!instance.tags().isEmpty()) {
      fields.put(TAGS, String.join(",", instance.tags()));
    }
    fields.put(
        PORTS,
        instance.ports().entrySet().stream()
            .map(port -> port.getKey() + "=" + port.getValue())
            .collect(Collectors.joining(",")));
    fields.forEach(tree::put);
  }

  /**
   * {@code plain} with what {@code tree} says of it. A field that an instance of ours cannot hold
   * is left out; it does not cost the instance.
   */
  static ServiceInstance read(ServiceInstance plain, JsonNode tree) {
    ServiceInstance instance = plain;
    String ownStatus = tree.path(STATUS).asText("");
    for (Map.Entry<String, JsonNode> field : tree.properties()) {
      String name = field.getKey();
      boolean known = name.equals(CLASS) || (name.equals(SPRING_STATUS) && !ownStatus.isEmpty());
      if (field.getValue().isValueNode() && !field.getValue().isNull() && !known) {
        instance = with(instance, name, field.getValue().asText());
      }
    }
    return instance;
  }

  private static ServiceInstance with(ServiceInstance instance, String name, String value) {
    try {
      return switch (name) {
        case STATUS, SPRING_STATUS -> instance.withStatus(status(value));
        case WEIGHT -> instance.withWeight(Integer.parseInt(value));
        case REGION -> instance.withRegion(value);
        case ZONE -> instance.withZone(value);
        case VERSION -> instance.withVersion(value);
        case TAGS -> instance.withTags(Set.copyOf(List.of(value.split(",", -1))));
        case PORTS -> withPorts(instance, value);
        default -> instance.withMetadata(name, value);
      };
    } catch (IllegalArgumentException e) {
      LOG.debug("{}/{}: '{}' is left out", instance.service(), instance.id(), name, e);
      return instance;
    }
  }

  private static InstanceStatus status(String value) {
    for (InstanceStatus status : InstanceStatus.values()) {
      if (status.name().equals(value)) {
        return status;
      }
    }
    return InstanceStatus.OUT_OF_SERVICE;
  }

  /** All the ports by their own names, in place of what the foreign fields could hold. */
  private static ServiceInstance withPorts(ServiceInstance instance, String value) {
    Map<String, Integer> ports = new TreeMap<>();
    for (String port : value.split(",", -1)) {
      int equals = port.indexOf('=');
      if (equals > 0) {
        ports.put(port.substring(0, equals), Integer.parseInt(port.substring(equals + 1)));
      }
    }
    return new ServiceInstance(
        instance.service(),
        instance.id(),
        instance.host(),
        ports,
        instance.status(),
        instance.weight(),
        instance.region(),
        instance.zone(),
        instance.version(),
        instance.tags(),
        instance.metadata());
  }
}
