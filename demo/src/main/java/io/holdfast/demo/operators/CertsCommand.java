package io.holdfast.demo.operators;

import io.holdfast.cli.console.Output;
import io.holdfast.payment.Advertised.HostPort;
import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.Role;
import io.holdfast.testkit.process.TemporaryFolder;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast certs}. */
@Command(
    name = "certs",
    mixinStandardHelpOptions = true,
    description = {
      "Makes certificates for tests: an authority in DIR unless there is one, and what is asked for.",
      "Nothing is overwritten. All files are for you only. Do not use them for real money: the"
          + " authority's key lies beside them.",
      "Files: authority.pem, node-HOST.pem, .key and .p12, client-NAME.pem, .key and .p12; the"
          + " password of the .p12 is in the file password."
    })
public final class CertsCommand implements Callable<Integer> {

  private static final Pattern ADDRESS = Pattern.compile("\\d+(\\.\\d+){3}|.*:.*");
  private static final int PASSWORD_BITS = 160;
  private static final int MOST_DAYS = 3_650;

  @Parameters(paramLabel = "DIR", description = "where; made if it is not there")
  private Path folder = Path.of("");

  @Option(
      names = "--node",
      arity = "1..*",
      paramLabel = "HOST",
      description =
          "for nodes, each under the name or address by which others connect to it; several names of"
              + " one node with commas between")
  private List<String> nodes = List.of();

  @Option(
      names = "--client",
      arity = "1..*",
      paramLabel = "NAME",
      description = "for clients, by the names of their callers")
  private List<String> clients = List.of();

  @Option(
      names = "--days",
      paramLabel = "N",
      defaultValue = "365",
      description = "how long they are valid (default: ${DEFAULT-VALUE})")
  private int days;

  @Mixin private Output output = new Output();

  /** One certificate to make. */
  private record Wanted(String commonName, List<String> extensions) {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (days < 1 || days > MOST_DAYS) {
      throw new IllegalArgumentException("--days is 1 to " + MOST_DAYS);
    }
    Map<String, Wanted> wanted = wanted();
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    refuseToOverwrite(wanted);
    boolean newAuthority = !Files.exists(folder.resolve(TestCertificates.AUTHORITY + ".p12"));
    if (!Files.exists(folder.resolve(TestCertificates.PASSWORD))) {
      PrivateFile.create(
          folder.resolve(TestCertificates.PASSWORD),
          new BigInteger(PASSWORD_BITS, new SecureRandom()).toString(32) + "\n");
    }
    try (TemporaryFolder work = TemporaryFolder.create("holdfast-certs-")) {
      TestCertificates certificates = new TestCertificates(folder, work, days);
      if (newAuthority) {
        certificates.makeAuthority();
        output.line("a new authority: " + folder.resolve(TestCertificates.AUTHORITY + ".pem"));
      }
      for (Map.Entry<String, Wanted> each : wanted.entrySet()) {
        certificates.issue(
            each.getKey(), each.getValue().commonName(), each.getValue().extensions());
        output.line(
            each.getValue().commonName()
                + ": "
                + folder.resolve(each.getKey())
                + ".pem, .key, .p12");
      }
    }
    return ExitCode.OK;
  }

  private Map<String, Wanted> wanted() {
    Map<String, Wanted> wanted = new LinkedHashMap<>();
    for (String node : nodes) {
      List<String> hosts = Stream.of(node.split(",")).map(CertsCommand::host).toList();
      List<String> names = new ArrayList<>();
      hosts.forEach(host -> names.add((ADDRESS.matcher(host).matches() ? "ip:" : "dns:") + host));
      wanted.put(
          "node-" + hosts.get(0).replace(':', '_'),
          new Wanted(
              hosts.get(0).replace(':', '_'),
              List.of("san=" + String.join(",", names), "eku=serverAuth,clientAuth")));
    }
    for (String client : clients) {
      String name = Caller.of(client, Role.CUSTOMER).name();
      wanted.put("client-" + name, new Wanted(name, List.of("eku=clientAuth")));
    }
    if (wanted.isEmpty()) {
      throw new IllegalArgumentException("for whom? Give --node or --client");
    }
    return wanted;
  }

  private static String host(String text) {
    HostPort host = HostPort.parse(text);
    if (host.port().isPresent()) {
      throw new IllegalArgumentException("a certificate is for a host, without a port: " + host);
    }
    return host.host();
  }

  /** Before anything is made. */
  private void refuseToOverwrite(Map<String, Wanted> wanted) {
    for (String file : wanted.keySet()) {
      for (String kind : List.of(".pem", ".key", ".p12")) {
        Path each = folder.resolve(file + kind);
        if (Files.exists(each)) {
          throw new IllegalArgumentException(each + " is there already, and is not overwritten");
        }
      }
    }
  }
}
