package io.holdfast.cli.render;

import io.holdfast.cli.render.Upstream.Server;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** A proxy: the format of its configuration, and the command that checks it. */
enum ProxyKind {
  /** One {@code upstream} block for each service, to be included in the {@code http} block. */
  NGINX("nginx") {
    @Override
    String block(Upstream upstream) {
      return upstream.servers().stream()
          .map(
              server ->
                  "    server %s weight=%d; # %s\n"
                      .formatted(server.address(), server.weight(), server.id()))
          .collect(Collectors.joining("", "upstream " + upstream.service() + " {\n", "}\n"));
    }

    @Override
    String around(Path rendered) {
      return """
          pid nginx.pid;
          error_log stderr;
          events {}
          http {
              access_log off;
              include "%s";
          }
          """
          .formatted(rendered);
    }

    @Override
    List<String> check(String program, Path folder, Path rendered, Path around) {
      return List.of(program, "-t", "-q", "-p", folder.toString(), "-c", around.toString());
    }
  },

  /** One {@code backend} section for each service, for a file of its own beside the others. */
  HAPROXY("haproxy") {
    @Override
    String block(Upstream upstream) {
      return upstream.servers().stream()
          .map(
              server ->
                  "    server %s %s weight %d check\n"
                      .formatted(
                          server.id(), server.address(), scaled(server, upstream.heaviest())))
          .collect(
              Collectors.joining(
                  "", "backend " + upstream.service() + "\n    balance roundrobin\n", ""));
    }

    @Override
    String around(Path rendered) {
      return """
          defaults
              mode http
              timeout connect 1s
              timeout client 1s
              timeout server 1s
          frontend holdfast-check
              bind 127.0.0.1:1
          """;
    }

    @Override
    List<String> check(String program, Path folder, Path rendered, Path around) {
      return List.of(program, "-c", "-f", around.toString(), "-f", rendered.toString());
    }
  };

  /** The most that HAProxy takes. */
  private static final int HEAVIEST = 256;

  private static final String HEADER =
      "# Written by holdfast from the registry: what is changed here by hand is lost.\n";

  private final String program;

  ProxyKind(String program) {
    this.program = program;
  }

  /** The name of its program. */
  String program() {
    return program;
  }

  /** The whole file; the same for the same upstreams, so that files can be compared. */
  String render(List<Upstream> upstreams) {
    return upstreams.stream().map(this::block).collect(Collectors.joining("\n", HEADER, ""));
  }

  abstract String block(Upstream upstream);

  /** A whole configuration around what was rendered, for the check; nothing binds its ports. */
  abstract String around(Path rendered);

  /** The command that fails if the proxy would not take the file. */
  abstract List<String> check(String program, Path folder, Path rendered, Path around);

  private static int scaled(Server server, int heaviest) {
    return heaviest <= HEAVIEST
        ? server.weight()
        : Math.max(1, Math.round((float) server.weight() * HEAVIEST / heaviest));
  }
}
