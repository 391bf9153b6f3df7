package io.holdfast.gateway.consul;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.gateway.ServiceState;
import io.holdfast.registry.ServiceInstance;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/** The shapes of Consul's answers. */
final class ConsulJson {

  static final ObjectMapper MAPPER = new ObjectMapper();

  /** An ordinary instance has weight 100 here and 1 there. */
  private static final double WEIGHT_SCALE = 100;

  private final String datacenter;

  ConsulJson(String datacenter) {
    this.datacenter = datacenter;
  }

  /** One of {@code health/service}. */
  ObjectNode healthEntry(ServiceState state, ConsulInstance shown) {
    ObjectNode json = MAPPER.createObjectNode();
    json.set("Node", node(shown.instance().host()));
    json.set("Service", service(state, shown, "Service"));
    ArrayNode checks = json.putArray("Checks");
    checks(state, shown).forEach(checks::add);
    return json;
  }

  /** A node: the host of instances. */
  ObjectNode node(String host) {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("ID", nodeId(host)).put("Node", host).put("Address", host);
    json.put("Datacenter", datacenter);
    json.putObject("TaggedAddresses").put("lan", host).put("wan", host);
    json.putObject("Meta");
    return json.put("CreateIndex", 1).put("ModifyIndex", 1);
  }

  static String nodeId(String host) {
    return UUID.nameUUIDFromBytes(host.getBytes(StandardCharsets.UTF_8)).toString();
  }

  /** A service of an agent or of a health entry. */
  ObjectNode service(ServiceState state, ConsulInstance shown, String nameField) {
    ServiceInstance instance = shown.instance();
    ObjectNode json = MAPPER.createObjectNode();
    json.put("Kind", "").put("ID", instance.id()).put(nameField, instance.service());
    shown.tags().forEach(json.putArray("Tags")::add);
    json.put("Address", instance.host());
    ObjectNode meta = json.putObject("Meta");
    shown.meta().forEach(meta::put);
    json.put("Port", shown.port());
    weights(json.putObject("Weights"), instance);
    json.put("EnableTagOverride", shown.note().map(ConsulNote::tagOverride).orElse(Boolean.FALSE));
    json.put("Datacenter", datacenter);
    return indexes(json, state, shown);
  }

  /** One of {@code catalog/service}. */
  ObjectNode catalogEntry(ServiceState state, ConsulInstance shown) {
    ServiceInstance instance = shown.instance();
    ObjectNode json = node(instance.host());
    json.remove("Meta");
    json.putObject("NodeMeta");
    json.put("ServiceKind", "").put("ServiceID", instance.id());
    json.put("ServiceName", instance.service());
    shown.tags().forEach(json.putArray("ServiceTags")::add);
    json.put("ServiceAddress", instance.host());
    weights(json.putObject("ServiceWeights"), instance);
    ObjectNode meta = json.putObject("ServiceMeta");
    shown.meta().forEach(meta::put);
    json.put("ServicePort", shown.port());
    json.put(
        "ServiceEnableTagOverride",
        shown.note().map(ConsulNote::tagOverride).orElse(Boolean.FALSE));
    return indexes(json, state, shown);
  }

  private static void weights(ObjectNode json, ServiceInstance instance) {
    int weight = (int) Math.max(1, Math.round(instance.weight() / WEIGHT_SCALE));
    json.put("Passing", weight).put("Warning", 1);
  }

  private static ObjectNode indexes(ObjectNode json, ServiceState state, ConsulInstance shown) {
    long created = Math.max(1, shown.registered().epoch().value());
    return json.put("CreateIndex", created).put("ModifyIndex", state.index());
  }

  /** The checks of an instance. */
  List<ObjectNode> checks(ServiceState state, ConsulInstance shown) {
    return shown.checks().stream()
        .map(
            check -> {
              ObjectNode json = MAPPER.createObjectNode();
              json.put("Node", shown.instance().host()).put("CheckID", check.id());
              json.put("Name", check.name()).put("Status", check.status().word());
              json.put("Notes", check.notes()).put("Output", check.output());
              json.put("ServiceID", shown.instance().id());
              json.put("ServiceName", shown.instance().service());
              shown.tags().forEach(json.putArray("ServiceTags")::add);
              json.put("Type", type(shown));
              json.putObject("Definition");
              return indexes(json, state, shown);
            })
        .toList();
  }

  private static String type(ConsulInstance shown) {
    return shown
        .note()
        .flatMap(ConsulNote::check)
        .map(check -> check.http().isPresent() ? "http" : "ttl")
        .orElse("");
  }

  /** What {@code agent/self} says. */
  ObjectNode self(String bind) {
    ObjectNode json = MAPPER.createObjectNode();
    json.putObject("Config")
        .put("Datacenter", datacenter)
        .put("PrimaryDatacenter", datacenter)
        .put("NodeName", "holdfast")
        .put("NodeID", nodeId("holdfast"))
        .put("Revision", "")
        .put("Server", true)
        .put("Version", "1.20.0");
    json.putObject("DebugConfig").put("Datacenter", datacenter);
    json.putObject("Member")
        .put("Name", "holdfast")
        .put("Addr", bind)
        .put("Port", 8301)
        .put("Status", 1)
        .putObject("Tags")
        .put("role", "consul")
        .put("dc", datacenter);
    json.putObject("Meta");
    return json;
  }
}
