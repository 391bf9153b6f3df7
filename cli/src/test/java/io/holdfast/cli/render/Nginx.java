package io.holdfast.cli.render;

import io.holdfast.testkit.debian.DebianProgram;
import io.holdfast.testkit.process.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A real nginx on a free port of loopback, that passes everything to one upstream. */
final class Nginx implements AutoCloseable {

  private static final Duration BOUND = Duration.ofSeconds(30);

  private final Path program;
  private final Path folder;
  private final int port;
  private final Process process;

  private Nginx(Path program, Path folder, int port, Process process) {
    this.program = program;
    this.folder = folder;
    this.port = port;
    this.process = process;
  }

  /** The program, on this machine or fetched. */
  static Optional<Path> program() throws InterruptedException {
    return DebianProgram.find("nginx", "nginx").map(DebianProgram::file);
  }

  /** Starts one that includes {@code upstreams}, which must be there. */
  static Nginx start(Path program, Path folder, Path upstreams, String upstream)
      throws IOException {
    int port = FreePorts.find(1).get(0);
    Files.writeString(
        folder.resolve("nginx.conf"),
        """
        pid nginx.pid;
        error_log stderr;
        daemon off;
        worker_processes 1;
        events {}
        http {
            access_log off;
            client_body_temp_path body;
            proxy_temp_path proxy;
            fastcgi_temp_path fastcgi;
            uwsgi_temp_path uwsgi;
            scgi_temp_path scgi;
            include "%s";
            server {
                listen 127.0.0.1:%d;
                location / {
                    proxy_pass http://%s;
                    proxy_next_upstream off;
                }
            }
        }
        """
            .formatted(upstreams, port, upstream));
    Process process =
        new ProcessBuilder(command(program, folder))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("nginx.log").toFile())
            .start();
    Nginx nginx = new Nginx(program, folder, port, process);
    Awaitility.await()
        .atMost(BOUND)
        .until(
            () -> {
              if (!process.isAlive()) {
                throw new IllegalStateException(Files.readString(folder.resolve("nginx.log")));
              }
              return Files.exists(folder.resolve("nginx.pid"));
            });
    return nginx;
  }

  private static List<String> command(Path program, Path folder) {
    return List.of(
        program.toString(), "-p", folder.toString(), "-c", folder.resolve("nginx.conf").toString());
  }

  /** What makes it read its files again, as a line for a shell. */
  String reloadCommand() {
    return String.join(" ", command(program, folder)) + " -s reload";
  }

  String url() {
    return "http://127.0.0.1:" + port + "/";
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
