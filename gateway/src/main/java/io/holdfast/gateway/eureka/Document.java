package io.holdfast.gateway.eureka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.registry.RegisteredInstance;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.registry.lease.Lease;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * An instance in Eureka's form, as a JSON tree with the fields in Eureka's order. What a client has
 * registered comes from the {@link Registration#NOTE} beside the instance; for an instance of our
 * own it is made up.
 */
final class Document {

  private static final int SECURE_PORT = 443;
  private static final int RENEWAL_SECONDS = 30;
  private static final int DURATION_SECONDS = 90;

  private Document() {}

  /** The application of a service. */
  static String application(String service) {
    return service.toUpperCase(Locale.ROOT);
  }

  /**
   * Makes one.
   *
   * @param there as the view shows it
   * @param seen when this gateway saw its last change, in milliseconds since 1970
   * @param action ADDED, MODIFIED or DELETED
   */
  static ObjectNode of(RegisteredInstance there, long seen, String action) {
    ServiceInstance instance = there.instance();
    JsonNode note = Registration.note(instance);
    ObjectNode tree = EurekaJson.object();
    tree.put("instanceId", text(note, "instanceId", instance.id()));
    tree.put("hostName", instance.host());
    tree.put("app", application(instance.service()));
    tree.put("ipAddr", text(note, "ipAddr", instance.host()));
    copy(note, tree, "sid");
    tree.put("status", EurekaStatus.of(instance.status()).name());
    tree.put(
        "overriddenStatus",
        there
            .override()
            .map(override -> EurekaStatus.of(override.status()))
            .orElse(EurekaStatus.UNKNOWN)
            .name());
    port(tree, "port", note, instance.port(ServiceInstance.HTTP), firstPort(instance));
    port(tree, "securePort", note, instance.port(Registration.HTTPS), SECURE_PORT);
    tree.put("countryId", note.path("countryId").asInt(1));
    tree.set("dataCenterInfo", Registration.dataCenter(note.path("dataCenterInfo")));
    lease(tree.putObject("leaseInfo"), instance, note, seen);
    ObjectNode metadata = tree.putObject("metadata");
    Lease.withoutReserved(instance).metadata().forEach(metadata::put);
    note.path("metadata").properties().forEach(one -> metadata.set(one.getKey(), one.getValue()));
    for (String url : Registration.URLS) {
      copy(note, tree, url);
    }
    if (note.isMissingNode()) {
      instance
          .address(ServiceInstance.HTTP)
          .ifPresent(address -> tree.put("homePageUrl", "http://" + address + "/"));
    }
    tree.put("vipAddress", text(note, "vipAddress", instance.service()));
    tree.put("secureVipAddress", text(note, "secureVipAddress", instance.service()));
    tree.put("isCoordinatingDiscoveryServer", text(note, "isCoordinatingDiscoveryServer", "false"));
    tree.put("lastUpdatedTimestamp", Long.toString(seen));
    tree.put("lastDirtyTimestamp", text(note, "lastDirtyTimestamp", Long.toString(seen)));
    tree.put("actionType", action);
    copy(note, tree, "asgName");
    copy(note, tree, "appGroupName");
    return tree;
  }

  private static int firstPort(ServiceInstance instance) {
    return instance.ports().values().stream().findFirst().orElse(0);
  }

  private static void port(
      ObjectNode tree, String field, JsonNode note, OptionalInt open, int otherwise) {
    int disabled = note.path(field).asInt(otherwise);
    tree.putObject(field)
        .put("$", open.orElse(disabled))
        .put("@enabled", Boolean.toString(open.isPresent()));
  }

  private static void lease(ObjectNode tree, ServiceInstance instance, JsonNode note, long seen) {
    long registered = note.path("registered").asLong(seen);
    tree.put("renewalIntervalInSecs", note.path("renewal").asInt(RENEWAL_SECONDS));
    tree.put(
        "durationInSecs",
        Lease.of(instance)
            .map(Lease::ttl)
            .map(Duration::toSeconds)
            .orElse((long) DURATION_SECONDS));
    tree.put("registrationTimestamp", registered);
    tree.put("lastRenewalTimestamp", seen);
    tree.put("evictionTimestamp", 0);
    tree.put("serviceUpTimestamp", note.path("up").asLong(registered));
  }

  private static String text(JsonNode from, String field, String otherwise) {
    return from.path(field).asText(otherwise);
  }

  private static void copy(JsonNode from, ObjectNode to, String field) {
    if (from.path(field).isTextual()) {
      to.set(field, from.get(field));
    }
  }
}
