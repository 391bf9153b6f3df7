package io.holdfast.cli.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * An EndpointSlice as the API server has it. Fields that are not ours are kept as they are.
 *
 * @param object the whole; not changed
 */
record Slice(ObjectNode object) {

  static final String SERVICE = "kubernetes.io/service-name";
  static final String MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
  static final String HEADLESS = "service.kubernetes.io/headless";

  /** The value of {@link #MANAGED_BY}: Kubernetes's own controllers leave such slices alone. */
  static final String US = "holdfast";

  /** A label: which publisher's it is. */
  static final String PUBLISHER = "holdfast.io/publisher";

  /** An annotation: the leader's token at its latest write. */
  static final String TERM = "holdfast.io/fencing-token";

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,252}");

  /**
   * What endpoints must have in common to share a slice.
   *
   * @param family which addresses
   * @param ports by name
   */
  record Kind(String family, Map<String, Integer> ports) {
    Kind {
      ports = Map.copyOf(ports);
    }
  }

  String name() {
    return object.path("metadata").path("name").asText();
  }

  String label(String key) {
    return object.path("metadata").path("labels").path(key).asText("");
  }

  String annotation(String key) {
    return object.path("metadata").path("annotations").path(key).asText("");
  }

  /** True if it is one that {@code publisher} has made. */
  boolean isOf(String publisher) {
    return NAME.matcher(name()).matches()
        && label(MANAGED_BY).equals(US)
        && label(PUBLISHER).equals(publisher);
  }

  Kind kind() {
    Map<String, Integer> ports = new TreeMap<>();
    for (JsonNode port : object.path("ports")) {
      ports.put(port.path("name").asText(""), port.path("port").asInt());
    }
    return new Kind(object.path("addressType").asText(), ports);
  }

  /** The first address of each endpoint. */
  List<String> addresses() {
    return object
        .path("endpoints")
        .valueStream()
        .map(endpoint -> endpoint.path("addresses").path(0).asText(""))
        .toList();
  }

  /** True if it has exactly these endpoints, in any order. */
  boolean shows(List<Endpoint> wanted) {
    JsonNode there = object.path("endpoints");
    if (there.size() != wanted.size()) {
      return false;
    }
    Map<String, JsonNode> byAddress = new TreeMap<>();
    there.forEach(each -> byAddress.put(each.path("addresses").path(0).asText(""), each));
    return wanted.stream()
        .allMatch(
            endpoint ->
                byAddress.containsKey(endpoint.address())
                    && endpoint.isShownBy(byAddress.get(endpoint.address())));
  }

  /** A copy with these endpoints. */
  Slice with(List<Endpoint> endpoints) {
    ObjectNode copy = object.deepCopy();
    ArrayNode array = copy.putArray("endpoints");
    endpoints.forEach(endpoint -> array.add(endpoint.json()));
    // The server keeps its own.
    ((ObjectNode) copy.get("metadata")).remove("managedFields");
    return new Slice(copy);
  }

  /** One that is not there yet; the server gives it a name. */
  static Slice empty(Kind kind, String service) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("apiVersion", "discovery.k8s.io/v1").put("kind", "EndpointSlice");
    node.putObject("metadata").put("generateName", service + "-");
    node.put("addressType", kind.family());
    node.putArray("endpoints");
    ArrayNode ports = node.putArray("ports");
    new TreeMap<>(kind.ports())
        .forEach(
            (name, port) ->
                ports.addObject().put("name", name).put("port", port).put("protocol", "TCP"));
    return new Slice(node);
  }
}
