package io.holdfast.gateway.command;

import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.Output;
import io.holdfast.cli.console.Teardown;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.security.ClientCertificate;
import io.holdfast.gateway.Door;
import io.holdfast.gateway.Gateway;
import io.holdfast.gateway.GatewayOptions;
import io.holdfast.gateway.GatewayParts;
import io.holdfast.gateway.WriteAccess;
import io.holdfast.gateway.consul.ConsulDoor;
import io.holdfast.gateway.consul.ConsulOptions;
import io.holdfast.gateway.dns.DnsDoor;
import io.holdfast.gateway.dns.DnsOptions;
import io.holdfast.gateway.eureka.EurekaDoor;
import io.holdfast.gateway.prometheus.HttpSdDoor;
import io.holdfast.gateway.xds.XdsDoor;
import io.holdfast.gateway.xds.XdsOptions;
import io.holdfast.http.server.tls.TlsIdentity;
import io.holdfast.http.server.tls.TlsOptions;
import io.vertx.core.http.ClientAuth;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast gateway}. */
@Command(
    name = "gateway",
    mixinStandardHelpOptions = true,
    description = {
      "Opens the registry to clients of Eureka, Consul, Prometheus, DNS and xDS, until it is ended"
          + " (Ctrl-C, SIGTERM).",
      "Several may run over one cluster. Reading is open to whoever reaches the port; writing, and"
          + " reading Consul's keys, needs a token of --token-file."
    })
public final class GatewayCommand implements Callable<Integer> {

  @Mixin private ClusterConnection connection = new ClusterConnection();

  @Option(
      names = "--bind",
      paramLabel = "HOST",
      defaultValue = "127.0.0.1",
      description = "the address to listen on (default: ${DEFAULT-VALUE}, this machine only)")
  private String bind = "127.0.0.1";

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      defaultValue = "8761",
      description =
          "for Eureka below /eureka, and the other HTTP doors; 0 lets the system choose"
              + " (default: ${DEFAULT-VALUE})")
  private int httpPort = 8761;

  @Option(
      names = "--xds-port",
      paramLabel = "PORT",
      defaultValue = "-1",
      description =
          "for xDS over gRPC (xds:///SERVICE, or Envoy), with TLS if the HTTP port has it;"
              + " 0 lets the system choose (default: not open)")
  private int xdsPort = -1;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "who may write: a name and a token on each line; without it the gateway only reads")
  private @Nullable Path tokens;

  @Option(
      names = "--server-cert",
      paramLabel = "FILE",
      description =
          "speak TLS over HTTP and xDS: the server's certificate and those that lead to its authority, PEM")
  private @Nullable Path certificate;

  @Option(
      names = "--server-key",
      paramLabel = "FILE",
      description = "the private key of --server-cert, PEM, PKCS #8")
  private @Nullable Path key;

  @Option(
      names = "--client-ca",
      paramLabel = "FILE",
      description = "with TLS: clients must show a certificate that these authorities (PEM) signed")
  private @Nullable Path clientAuthorities;

  @Option(
      names = "--max-connections",
      paramLabel = "N",
      defaultValue = "" + GatewayOptions.MOST_CONNECTIONS,
      description = "of clients of the HTTP port, at a time (default: ${DEFAULT-VALUE})")
  private int connections = GatewayOptions.MOST_CONNECTIONS;

  @Option(
      names = "--drain",
      paramLabel = "DURATION",
      defaultValue = "10s",
      description = "how long a stop waits for requests under way (default: ${DEFAULT-VALUE})")
  private Duration drain = Duration.ofSeconds(10);

  @Option(
      names = "--consul-datacenter",
      paramLabel = "NAME",
      defaultValue = "dc1",
      description = "what clients of Consul are told where they are (default: ${DEFAULT-VALUE})")
  private String datacenter = "dc1";

  @Option(
      names = "--dns-port",
      paramLabel = "PORT",
      defaultValue = "-1",
      description = "answer DNS there, over UDP and TCP; without it there is no DNS")
  private int dnsPort = -1;

  @Option(
      names = "--dns-zone",
      paramLabel = "NAME",
      defaultValue = "holdfast.",
      description = "the services are below this name (default: ${DEFAULT-VALUE})")
  private String dnsZone = "holdfast.";

  @Option(
      names = "--dns-ttl",
      paramLabel = "DURATION",
      defaultValue = "2s",
      description =
          "how long others may keep an answer; a drain takes this long at least"
              + " (default: ${DEFAULT-VALUE})")
  private Duration dnsTtl = Duration.ofSeconds(2);

  @Mixin private Output output = new Output();

  @Override
  public Integer call() throws IOException, InterruptedException {
    GatewayOptions options = new GatewayOptions(bind, httpPort, tls(), connections, drain);
    WriteAccess access = tokens == null ? WriteAccess.none() : WriteAccess.read(tokens);
    CountDownLatch ended = new CountDownLatch(1);
    try (Teardown teardown = new Teardown()) {
      teardown.add(ended::countDown);
      Coordinator coordinator = teardown.add(connection.open());
      Gateway gateway = teardown.add(Gateway.start(coordinator, options, access, this::doors));
      output.errLine("the gateway is open at " + bind + ":" + gateway.port());
      ended.await();
      return ExitCode.OK;
    }
  }

  /** Every door there is, in the order of their names. */
  private List<Door> doors(GatewayParts parts) {
    List<Door> doors = new ArrayList<>();
    doors.add(new ConsulDoor(parts, ConsulOptions.defaults().withDatacenter(datacenter)));
    if (dnsPort >= 0) {
      doors.add(new DnsDoor(parts, dns()));
    }
    doors.add(new EurekaDoor(parts));
    doors.add(new HttpSdDoor(parts));
    if (xdsPort >= 0) {
      InetSocketAddress address = new InetSocketAddress(bind, xdsPort);
      doors.add(new XdsDoor(parts, XdsOptions.at(address).withTls(tls())));
    }
    return doors;
  }

  private DnsOptions dns() {
    DnsOptions options = DnsOptions.at(new InetSocketAddress(bind, dnsPort)).withZone(dnsZone);
    return options.withTtl(dnsTtl, options.negativeTtl());
  }

  private Optional<TlsOptions> tls() {
    if (certificate == null && key == null) {
      if (clientAuthorities != null) {
        throw new IllegalArgumentException("--client-ca needs --server-cert and --server-key");
      }
      return Optional.empty();
    }
    if (certificate == null || key == null) {
      throw new IllegalArgumentException("give --server-cert and --server-key together");
    }
    return Optional.of(
        new TlsOptions(
            new TlsIdentity.Pem(new ClientCertificate(certificate, key)),
            Optional.ofNullable(clientAuthorities),
            clientAuthorities == null ? ClientAuth.NONE : ClientAuth.REQUIRED));
  }
}
