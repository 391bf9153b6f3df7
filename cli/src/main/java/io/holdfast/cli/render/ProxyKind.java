package io.holdfast.cli.render;

import io.holdfast.cli.render.Upstream.Server;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A proxy or collector: the format of its configuration, and the command that checks it.
 *
 * <p>Envoy has two, since it reads two kinds of files: one names the endpoints of clusters that its
 * own configuration has, with their policies and TLS; the other brings the clusters too.
 */
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
  },

  /** A {@code file_sd} file: a target group for each instance, with its names as meta labels. */
  PROMETHEUS("promtool") {
    @Override
    String render(List<Upstream> upstreams) {
      return Documents.prometheus(upstreams);
    }

    @Override
    String fileName() {
      return "rendered.json";
    }

    @Override
    String around(Path rendered) {
      return """
      scrape_configs:
        - job_name: holdfast-check
          file_sd_configs:
            - files: ["%s"]
      """
          .formatted(rendered);
    }

    @Override
    List<String> check(String program, Path folder, Path rendered, Path around) {
      return List.of(program, "check", "config", around.toString());
    }
  },

  /** An EDS file: the endpoints of a cluster for each service. Checked only if asked for. */
  ENVOY("") {
    @Override
    String render(List<Upstream> upstreams) {
      return Documents.envoyEndpoints(upstreams);
    }

    @Override
    String fileName() {
      return "rendered.json";
    }

    @Override
    String around(Path rendered) {
      return Documents.envoyBootstrap(rendered);
    }

    @Override
    List<String> check(String program, Path folder, Path rendered, Path around) {
      return List.of(program, "--mode", "validate", "-c", around.toString());
    }
  },

  /** A CDS file: a cluster for each service, its endpoints inside. Checked only if asked for. */
  ENVOY_CDS("") {
    @Override
    String render(List<Upstream> upstreams) {
      return Documents.envoyClusters(upstreams);
    }

    @Override
    String fileName() {
      return "rendered.json";
    }

    @Override
    String around(Path rendered) {
      return Documents.envoyBootstrap(rendered);
    }

    @Override
    List<String> check(String program, Path folder, Path rendered, Path around) {
      return List.of(program, "--mode", "validate", "-c", around.toString());
    }
  },

  /** A file of the file provider: an HTTP service for each. Checked only if asked for. */
  TRAEFIK("") {
    @Override
    String render(List<Upstream> upstreams) {
      return HEADER + Documents.traefik(upstreams);
    }

    @Override
    String fileName() {
      return "rendered.yml";
    }

    @Override
    String around(Path rendered) {
      return "";
    }

    @Override
    List<String> check(String program, Path folder, Path rendered, Path around) {
      return List.of(program, rendered.toString());
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

  /** The name of the program that checks; empty if most machines have none. */
  Optional<String> program() {
    return program.isEmpty() ? Optional.empty() : Optional.of(program);
  }

  /** The whole file; the same for the same upstreams, so that files can be compared. */
  String render(List<Upstream> upstreams) {
    return upstreams.stream().map(this::block).collect(Collectors.joining("\n", HEADER, ""));
  }

  /** One of them, where a file is made of blocks. */
  String block(Upstream upstream) {
    throw new UnsupportedOperationException(this + " is no list of blocks");
  }

  /** A name for the check, because some programs go by the ending. */
  String fileName() {
    return "rendered.conf";
  }

  /** As it is called on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

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
