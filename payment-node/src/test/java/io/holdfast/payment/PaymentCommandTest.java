package io.holdfast.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.payment.testing.TestPostgres;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What an operator sees who gets it wrong: one line, and a code of its own. */
class PaymentCommandTest {

  private static final Map<String, String> CREDENTIALS =
      Map.of(PaymentCommand.USER, "postgres", PaymentCommand.PASSWORD, "hidden-secret");

  private record Run(int code, String errors) {}

  private static Run run(Map<String, String> environment, String... arguments) {
    StringWriter errors = new StringWriter();
    CommandLine command = PaymentCommand.commandLine(environment);
    command.setErr(new PrintWriter(errors));
    command.setOut(new PrintWriter(new StringWriter()));
    int code = command.execute(arguments);
    command.getErr().flush();
    return new Run(code, errors.toString().strip());
  }

  @Test
  void run_withoutCredentials_saysWhereTheyBelong() {
    Run run = run(Map.of(), "--connect", "memory://m/x", "--db", "jdbc:postgresql://localhost/x");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors()).contains(PaymentCommand.USER).doesNotContain("\n");
  }

  @Test
  void run_passwordInTheUrl_isRefusedAndNotRepeated() {
    Run run =
        run(
            CREDENTIALS,
            "--connect",
            "memory://m/x",
            "--db",
            "jdbc:postgresql://localhost/x?password=hunter2");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors()).contains("environment").doesNotContain("hunter2");
  }

  @Test
  void run_badClusterAddress_saysWhatIsWrong() {
    Run run = run(CREDENTIALS, "--connect", "nonsense", "--db", "jdbc:postgresql://localhost:1/x");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors()).contains("not a cluster address").doesNotContain("\n");
  }

  @Test
  void run_databaseThatIsNotThere_saysSo() {
    Run run =
        run(
            CREDENTIALS,
            "--connect",
            "memory://m/x",
            "--db",
            "jdbc:postgresql://127.0.0.1:1/payments");

    assertThat(run.code()).isEqualTo(3);
    assertThat(run.errors())
        .contains("jdbc:postgresql://127.0.0.1:1/payments")
        .contains("refused")
        .doesNotContain("hidden-secret")
        .doesNotContain("\n");
  }

  @Test
  void run_schemeThatNobodyServes_namesThoseThatAreServed() {
    Run run =
        run(
            CREDENTIALS,
            "--connect",
            "consul://localhost/x",
            "--db",
            TestPostgres.freshDatabase().url());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors()).contains("no backend for 'consul://'").doesNotContain("\n");
  }

  @Test
  void run_portInUse_saysSo() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Run run =
          run(
              CREDENTIALS,
              "--connect",
              "memory://port-in-use/x",
              "--db",
              TestPostgres.freshDatabase().url(),
              "--bind",
              "127.0.0.1:" + taken.getLocalPort());

      assertThat(run.code()).isEqualTo(5);
      assertThat(run.errors()).contains("cannot listen on 127.0.0.1").doesNotContain("\n");
    }
  }

  @Test
  void run_certificateThatIsNotThere_isNamedBeforeAnythingIsOpened() {
    Run run =
        run(
            CREDENTIALS,
            "--connect",
            "memory://m/x",
            "--db",
            "jdbc:postgresql://127.0.0.1:1/payments",
            "--tls-cert",
            "/no/chain.pem",
            "--tls-key",
            "/no/key.pem");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors()).contains("/no/chain.pem").doesNotContain("\n");
  }

  @Test
  void run_everyAddressAndNoneToReachItBy_saysWhatIsMissing() {
    Run run =
        run(
            CREDENTIALS,
            "--connect",
            "memory://m/x",
            "--db",
            "jdbc:postgresql://127.0.0.1:1/payments",
            "--bind",
            "0.0.0.0:8080");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors()).contains("--advertise").doesNotContain("\n");
  }

  @Test
  void run_unknownOption_isAUsageError() {
    assertThat(run(CREDENTIALS, "--frobnicate").code()).isEqualTo(2);
  }
}
