package io.holdfast.cli.render;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import io.holdfast.cli.render.Upstream.Server;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;

/** Configurations that are JSON or YAML. The same for the same upstreams. */
final class Documents {

  private static final String ENDPOINTS =
      "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";
  private static final String CLUSTER = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  private static final ObjectMapper YAML =
      new ObjectMapper(
          YAMLFactory.builder()
              .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
              .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
              .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
              .build());

  private Documents() {}

  /** Prometheus drops the meta labels after relabelling, so that they cost nothing. */
  static String prometheus(List<Upstream> upstreams) {
    ArrayNode groups = NODES.arrayNode();
    for (Upstream upstream : upstreams) {
      for (Server server : upstream.servers()) {
        ObjectNode group = groups.addObject();
        group.putArray("targets").add(server.address());
        group
            .putObject("labels")
            .put("__meta_holdfast_service", upstream.service())
            .put("__meta_holdfast_id", server.id())
            .put("__meta_holdfast_weight", Integer.toString(server.weight()));
      }
    }
    return write(JSON, groups) + "\n";
  }

  static String traefik(List<Upstream> upstreams) {
    ObjectNode root = NODES.objectNode();
    ObjectNode services = root.putObject("http").putObject("services");
    for (Upstream upstream : upstreams) {
      boolean even = upstream.servers().stream().map(Server::weight).distinct().count() == 1;
      ArrayNode servers =
          services.putObject(upstream.service()).putObject("loadBalancer").putArray("servers");
      for (Server server : upstream.servers()) {
        ObjectNode node = servers.addObject().put("url", "http://" + server.address());
        if (!even) {
          node.put("weight", server.weight());
        }
      }
    }
    return write(YAML, root);
  }

  static String envoyEndpoints(List<Upstream> upstreams) {
    ObjectNode root = NODES.objectNode();
    ArrayNode resources = root.putArray("resources");
    for (Upstream upstream : upstreams) {
      ObjectNode assignment = resources.addObject().put("@type", ENDPOINTS);
      assign(upstream, assignment);
    }
    return write(JSON, root) + "\n";
  }

  static String envoyClusters(List<Upstream> upstreams) {
    ObjectNode root = NODES.objectNode();
    ArrayNode resources = root.putArray("resources");
    for (Upstream upstream : upstreams) {
      ObjectNode cluster =
          resources
              .addObject()
              .put("@type", CLUSTER)
              .put("name", upstream.service())
              .put("type", "STATIC")
              .put("connect_timeout", "5s");
      assign(upstream, cluster.putObject("load_assignment"));
    }
    return write(JSON, root) + "\n";
  }

  private static void assign(Upstream upstream, ObjectNode assignment) {
    assignment.put("cluster_name", upstream.service());
    ArrayNode endpoints = assignment.putArray("endpoints").addObject().putArray("lb_endpoints");
    for (Server server : upstream.servers()) {
      int colon = server.address().lastIndexOf(':');
      ObjectNode node = endpoints.addObject();
      node.putObject("endpoint")
          .putObject("address")
          .putObject("socket_address")
          .put("address", literal(server.address().substring(0, colon)))
          .put("port_value", Integer.parseInt(server.address().substring(colon + 1)));
      node.put("load_balancing_weight", server.weight());
    }
  }

  /** Envoy looks up no names of endpoints. A name that is lost by now is left for its check. */
  private static String literal(String host) {
    try {
      return InetAddress.getByName(host).getHostAddress();
    } catch (UnknownHostException e) {
      return host;
    }
  }

  /** Envoy tells by the content which of the two files it is. */
  static String envoyBootstrap(Path rendered) {
    ObjectNode root = NODES.objectNode();
    root.putObject("node").put("id", "holdfast-check").put("cluster", "holdfast-check");
    ObjectNode source = root.putObject("dynamic_resources").putObject("cds_config");
    source.put("resource_api_version", "V3");
    source.putObject("path_config_source").put("path", rendered.toString());
    return write(JSON, root);
  }

  private static String write(ObjectMapper mapper, Object tree) {
    try {
      return mapper.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write what was made here", e);
    }
  }
}
