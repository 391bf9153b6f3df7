package io.holdfast.cli.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What an API server checks in an EndpointSlice, written after its validation. */
final class SliceChecks {

  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
  private static final Pattern SUBDOMAIN =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final Pattern LABEL_VALUE =
      Pattern.compile("(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?");
  private static final Pattern IPV4 = Pattern.compile("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-f:]+");
  private static final List<String> SPECIAL =
      List.of("127.", "0.0.0.0", "169.254.", "224.0.0.", "::1", "fe80:", "ff02:");

  /** What is wrong; empty if nothing is. */
  List<String> of(JsonNode slice) {
    List<String> wrong = new ArrayList<>();
    if (!slice.path("apiVersion").asText().equals("discovery.k8s.io/v1")
        || !slice.path("kind").asText().equals("EndpointSlice")) {
      wrong.add("apiVersion or kind");
    }
    String name = slice.at("/metadata/name").asText();
    if (name.length() > 253 || !SUBDOMAIN.matcher(name).matches()) {
      wrong.add("metadata.name");
    }
    for (Map.Entry<String, JsonNode> label : slice.at("/metadata/labels").properties()) {
      if (label.getValue().asText().length() > 63
          || !LABEL_VALUE.matcher(label.getValue().asText()).matches()) {
        wrong.add("metadata.labels." + label.getKey());
      }
    }
    for (JsonNode owner : slice.at("/metadata/ownerReferences")) {
      if (owner.path("apiVersion").asText().isEmpty()
          || owner.path("kind").asText().isEmpty()
          || owner.path("name").asText().isEmpty()
          || owner.path("uid").asText().isEmpty()) {
        wrong.add("metadata.ownerReferences");
      }
    }
    String type = slice.path("addressType").asText();
    if (!Set.of("IPv4", "IPv6", "FQDN").contains(type)) {
      wrong.add("addressType: unsupported value");
    }
    endpoints(slice.path("endpoints"), type, wrong);
    ports(slice.path("ports"), wrong);
    return wrong;
  }

  private static void endpoints(JsonNode endpoints, String type, List<String> wrong) {
    if (!endpoints.isArray() || endpoints.size() > 1_000) {
      wrong.add("endpoints: at most 1000");
    }
    for (JsonNode endpoint : endpoints) {
      if (endpoint.path("addresses").isEmpty() || endpoint.path("addresses").size() > 100) {
        wrong.add("endpoints.addresses: must contain at least 1 address");
      }
      for (JsonNode address : endpoint.path("addresses")) {
        String text = address.asText();
        Pattern form = type.equals("IPv4") ? IPV4 : IPV6;
        if (!form.matcher(text).matches() || SPECIAL.stream().anyMatch(text::startsWith)) {
          wrong.add("endpoints.addresses: " + text);
        }
      }
      JsonNode hostname = endpoint.path("hostname");
      if (!hostname.isMissingNode() && !isLabel(hostname.asText())) {
        wrong.add("endpoints.hostname");
      }
      for (JsonNode condition : endpoint.path("conditions")) {
        if (!condition.isBoolean()) {
          wrong.add("endpoints.conditions");
        }
      }
    }
  }

  private static boolean isLabel(String text) {
    return text.length() <= 63 && LABEL.matcher(text).matches();
  }

  private static void ports(JsonNode ports, List<String> wrong) {
    Set<String> names = new HashSet<>();
    for (JsonNode port : ports) {
      String name = port.path("name").asText("");
      if (!name.isEmpty() && !isLabel(name)) {
        wrong.add("ports.name: " + name);
      }
      if (!names.add(name)) {
        wrong.add("ports.name: duplicate " + name);
      }
      if (!Set.of("TCP", "UDP", "SCTP").contains(port.path("protocol").asText())) {
        wrong.add("ports.protocol");
      }
      if (!port.path("port").isInt() || port.path("port").asInt() < 1) {
        wrong.add("ports.port");
      }
    }
  }
}
