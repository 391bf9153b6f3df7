package io.holdfast.cli.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.holdfast.cli.render.Upstream.Server;
import io.holdfast.testkit.debian.DebianProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProxyKindTest {

  private static final List<Upstream> TWO =
      List.of(
          new Upstream(
              "billing",
              List.of(
                  new Server("b-1", "10.0.0.7:8080", 100), new Server("b-2", "[::1]:81", 1_000))),
          new Upstream("cards", List.of(new Server("c-1", "10.0.0.9:8080", 1))));

  @Test
  void render_nginx_isAnUpstreamForEach() {
    assertThat(ProxyKind.NGINX.render(TWO))
        .isEqualTo(
            """
            # Written by holdfast from the registry: what is changed here by hand is lost.
            upstream billing {
                server 10.0.0.7:8080 weight=100; # b-1
                server [::1]:81 weight=1000; # b-2
            }

            upstream cards {
                server 10.0.0.9:8080 weight=1; # c-1
            }
            """);
  }

  @Test
  void render_haproxy_isABackendForEachWithWeightsThatItTakes() {
    assertThat(ProxyKind.HAPROXY.render(TWO))
        .isEqualTo(
            """
            # Written by holdfast from the registry: what is changed here by hand is lost.
            backend billing
                balance roundrobin
                server b-1 10.0.0.7:8080 weight 26 check
                server b-2 [::1]:81 weight 256 check

            backend cards
                balance roundrobin
                server c-1 10.0.0.9:8080 weight 1 check
            """);
  }

  private static ConfigFile file(Path file, ProxyKind kind, Optional<Path> program) {
    assumeTrue(program.isPresent(), "no " + kind.program() + " can be had here");
    return new ConfigFile(file, kind, program.map(Path::toString), Optional.empty());
  }

  @Test
  void replace_realHaproxy_takesWhatIsRenderedAndRefusesNonsense(@TempDir Path folder)
      throws Exception {
    Path out = folder.resolve("backends.cfg");
    Optional<Path> haproxy = DebianProgram.find("haproxy", "haproxy").map(DebianProgram::file);
    ConfigFile file = file(out, ProxyKind.HAPROXY, haproxy);

    String rendered = ProxyKind.HAPROXY.render(TWO);
    assertThat(file.replace(rendered)).isTrue();
    assertThat(file.replace(rendered)).isFalse();
    assertThatThrownBy(() -> file.replace("backend x\n  server nonsense\n"))
        .isInstanceOf(ProcessFailedException.class)
        .hasMessageContaining("refuses");

    assertThat(Files.readString(out)).isEqualTo(rendered);
    assertThat(folder).isDirectoryContaining(path -> path.equals(out));
  }

  @Test
  void replace_realNginx_refusesNonsense(@TempDir Path folder) throws Exception {
    Path out = folder.resolve("upstreams.conf");
    ConfigFile file = file(out, ProxyKind.NGINX, Nginx.program());

    assertThat(file.replace(ProxyKind.NGINX.render(TWO))).isTrue();
    assertThatThrownBy(() -> file.replace("upstream x {}\n"))
        .isInstanceOf(ProcessFailedException.class)
        .hasMessageContaining("no servers are inside upstream");
  }

  @Test
  void replace_realPromtool_takesWhatIsRenderedAndRefusesNonsense(@TempDir Path folder)
      throws Exception {
    Path out = folder.resolve("targets.json");
    Optional<Path> promtool = DebianProgram.find("promtool", "prometheus").map(DebianProgram::file);
    ConfigFile file = file(out, ProxyKind.PROMETHEUS, promtool);

    assertThat(file.replace(ProxyKind.PROMETHEUS.render(TWO))).isTrue();
    assertThatThrownBy(() -> file.replace("[{\"targets\": 7}]"))
        .isInstanceOf(ProcessFailedException.class)
        .hasMessageContaining("refuses");

    JsonNode first = new ObjectMapper().readTree(out.toFile()).get(0);
    assertThat(first.at("/targets/0").asText()).isEqualTo("10.0.0.7:8080");
    assertThat(first.at("/labels/__meta_holdfast_service").asText()).isEqualTo("billing");
    assertThat(first.at("/labels/__meta_holdfast_id").asText()).isEqualTo("b-1");
  }

  /** By Envoy's own schema: a field that it does not know fails. */
  @Test
  void render_envoy_isWhatItsSchemaSays() throws Exception {
    JsonFormat.Parser parser =
        JsonFormat.parser()
            .usingTypeRegistry(
                TypeRegistry.newBuilder()
                    .add(ClusterLoadAssignment.getDescriptor())
                    .add(Cluster.getDescriptor())
                    .build());
    DiscoveryResponse.Builder endpoints = DiscoveryResponse.newBuilder();
    parser.merge(ProxyKind.ENVOY.render(TWO), endpoints);
    DiscoveryResponse.Builder clusters = DiscoveryResponse.newBuilder();
    parser.merge(ProxyKind.ENVOY_CDS.render(TWO), clusters);
    parser.merge(ProxyKind.ENVOY.around(Path.of("/eds.json")), Bootstrap.newBuilder());

    ClusterLoadAssignment billing = endpoints.getResources(0).unpack(ClusterLoadAssignment.class);
    assertThat(billing.getClusterName()).isEqualTo("billing");
    assertThat(billing.getEndpoints(0).getLbEndpointsList())
        .extracting(
            there -> there.getEndpoint().getAddress().getSocketAddress().getAddress(),
            there -> there.getEndpoint().getAddress().getSocketAddress().getPortValue(),
            there -> there.getLoadBalancingWeight().getValue())
        .containsExactly(tuple("10.0.0.7", 8080, 100), tuple("0:0:0:0:0:0:0:1", 81, 1_000));
    Cluster cards = clusters.getResources(1).unpack(Cluster.class);
    assertThat(cards.getLoadAssignment().getEndpoints(0).getLbEndpointsCount()).isEqualTo(1);
  }

  @Test
  void render_traefik_isYamlWithWeightsWhereTheyDiffer() throws Exception {
    JsonNode services =
        new YAMLMapper().readTree(ProxyKind.TRAEFIK.render(TWO)).at("/http/services");

    assertThat(services.at("/billing/loadBalancer/servers/1/url").asText())
        .isEqualTo("http://[::1]:81");
    assertThat(services.at("/billing/loadBalancer/servers/1/weight").asInt()).isEqualTo(1_000);
    assertThat(services.at("/cards/loadBalancer/servers/0").has("weight")).isFalse();
    assertThat(ProxyKind.TRAEFIK.render(TWO)).startsWith("# Written by holdfast");
  }

  @Test
  void replace_programAbsent_saysSo(@TempDir Path folder) {
    ConfigFile file =
        new ConfigFile(
            folder.resolve("x.conf"),
            ProxyKind.NGINX,
            Optional.of("no-such-nginx"),
            Optional.empty());

    assertThatThrownBy(() -> file.replace("")).hasMessageContaining("no-such-nginx");
  }
}
