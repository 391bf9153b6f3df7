package io.holdfast.cli.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
    return new ConfigFile(file, kind, program.orElseThrow().toString(), Optional.empty());
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
  void replace_programAbsent_saysSo(@TempDir Path folder) {
    ConfigFile file =
        new ConfigFile(
            folder.resolve("x.conf"), ProxyKind.NGINX, "no-such-nginx", Optional.empty());

    assertThatThrownBy(() -> file.replace("")).hasMessageContaining("no-such-nginx");
  }
}
