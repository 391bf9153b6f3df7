package io.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.security.ClientCertificate;
import io.holdfast.coordination.security.Login;
import io.holdfast.coordination.security.Secret;
import io.holdfast.testkit.etcd.EtcdCluster;
import io.holdfast.testkit.tls.ServerTls;
import io.holdfast.testkit.tls.TestAuthority;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command against a server that wants a certificate and a login. */
final class SecureClusterTest {

  private static TestAuthority authority;
  private static EtcdCluster cluster;

  private Path folder = Path.of("");
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void startCluster() {
    authority = TestAuthority.create("holdfast test");
    cluster =
        EtcdCluster.start(
            EtcdCluster.Options.forTests(1)
                .withTls(ServerTls.by(authority, ServerTls.Clients.CERTIFIED)));
    cluster.enableAuthentication(
        Secret.of("root".toCharArray()), new Login("payments", Secret.of("right".toCharArray())));
  }

  @BeforeEach
  void keep(@TempDir Path temporary) {
    folder = temporary;
  }

  @AfterAll
  static void stopCluster() {
    cluster.close();
    authority.close();
  }

  private int list(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "locks",
                "list",
                "--connect",
                cluster.uri("payments"),
                "--timeout",
                "60",
                "--tls-ca",
                authority.pem().toString()));
    ClientCertificate own = authority.client("nobody");
    args.addAll(List.of("--tls-cert", own.chain().toString(), "--tls-key", own.key().toString()));
    args.addAll(List.of(more));
    CommandLine commandLine = Holdfast.commandLine();
    commandLine.setOut(new PrintWriter(out));
    commandLine.setErr(new PrintWriter(err));
    return commandLine.execute(args.toArray(new String[0]));
  }

  private String password(String password) throws IOException {
    return Files.writeString(folder.resolve("password"), password + "\n").toString();
  }

  @Test
  void locksList_rightPasswordInAFile_works() throws IOException {
    assertThat(list("--user", "payments", "--password-file", password("right")))
        .as(err.toString())
        .isZero();
    assertThat(out.toString()).contains("no lock is held");
  }

  @Test
  void locksList_wrongPassword_saysSoInOneLineWithoutIt() throws IOException {
    assertThat(list("--user", "payments", "--password-file", password("wr0ng"))).isEqualTo(3);
    assertThat(err.toString()).contains("password").doesNotContain("wr0ng").hasLineCount(1);
  }

  @Test
  void locksList_passwordFileMissing_namesIt() {
    assertThat(list("--user", "payments", "--password-file", "/no/such/file")).isEqualTo(2);
    assertThat(err.toString()).contains("/no/such/file");
  }

  @Test
  void locksList_passwordWithoutUser_isWrongUsage() throws IOException {
    assertThat(list("--password-file", password("right"))).isEqualTo(2);
    assertThat(err.toString()).contains("--user");
  }
}
