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
 * names that others use for it where there are such: {@code region}, {@code zone}, {@code version}.
 * What is ordinary is left out.
 *
 * <p>{@code weight} and {@code instance_status} mean something where Spring wrote them, and could
 * be anything elsewhere: there they are metadata. Spring's ordinary weight is 1 and ours is 100.
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
  private static final String WEIGHT = "holdfast.weight";
  private static final String SPRING_WEIGHT = "weight";

  /** Names the class of a payload, to Jackson; never to us. */
  private static final String CLASS = "@class";

  /** Who else reads and writes there. */
  enum Readers {
    SPRING,
    OTHERS
  }

  private Extras() {}

  /** Puts metadata and extras of {@code instance} in {@code tree}. */
  static void write(ServiceInstance instance, ObjectNode tree, Readers readers) {
    Map<String, String> fields = new TreeMap<>(instance.metadata());
    if (instance.status() != InstanceStatus.UP) {
      fields.put(STATUS, instance.status().name());
    }
    if (readers == Readers.SPRING) {
      writeForSpring(instance, fields);
    }
    fields.put(WEIGHT, Integer.toString(instance.weight()));
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

  /** As near as it comes: Spring knows whole weights from 1, and two kinds of status. */
  private static void writeForSpring(ServiceInstance instance, Map<String, String> fields) {
    if (instance.status() != InstanceStatus.UP) {
      fields.put(SPRING_STATUS, InstanceStatus.OUT_OF_SERVICE.name());
    }
    if (instance.weight() != ServiceInstance.ORDINARY_WEIGHT) {
      long weight = Math.round((double) instance.weight() / ServiceInstance.ORDINARY_WEIGHT);
      fields.put(SPRING_WEIGHT, Long.toString(Math.max(1, weight)));
    }
  }

  /**
   * {@code plain} with what {@code tree} says of it. A field that an instance of ours cannot hold
   * is left out; it does not cost the instance.
   *
   * @param writers who wrote it, if it was none of ours: we say so by names of our own
   */
  static ServiceInstance read(ServiceInstance plain, JsonNode tree, Readers writers) {
    ServiceInstance instance = plain;
    boolean isOurs = tree.has(PORTS);
    for (Map.Entry<String, JsonNode> field : tree.properties()) {
      String name = field.getKey();
      String value = field.getValue().asText();
      boolean isSprings = name.equals(SPRING_STATUS) || name.equals(SPRING_WEIGHT);
      if (name.equals(CLASS) || !field.getValue().isValueNode() || field.getValue().isNull()) {
        continue;
      }
      if (!isSprings || writers != Readers.SPRING) {
        instance = with(instance, name, value);
      } else if (!isOurs) {
        instance = withSprings(instance, name, value);
      }
    }
    return instance;
  }

  private static ServiceInstance withSprings(ServiceInstance instance, String name, String value) {
    if (name.equals(SPRING_STATUS)) {
      return instance.withStatus(status(value));
    }
    try {
      long weight = Long.parseLong(value.trim());
      return weight <= 0 // Spring's own reader takes it for 1.
          ? instance
          : instance.withWeight(
              (int)
                  Math.min(
                      ServiceInstance.HIGHEST_WEIGHT,
                      weight * (double) ServiceInstance.ORDINARY_WEIGHT));
    } catch (NumberFormatException e) {
      return instance;
    }
  }

  private static ServiceInstance with(ServiceInstance instance, String name, String value) {
    try {
      return switch (name) {
        case STATUS -> instance.withStatus(status(value));
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
