package io.holdfast.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.coordination.security.Credentials;
import io.holdfast.http.server.tls.TlsIdentity;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.security.Authentication.Mode;
import io.holdfast.payment.security.RateLimits.Rate;
import io.vertx.core.http.ClientAuth;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class NodeSecurityOptionsTest {

  private static NodeSecurityOptions options(String... arguments) {
    NodeSecurityOptions options = new NodeSecurityOptions();
    CommandLine command = new CommandLine(new Empty());
    command.addMixin("security", options);
    command.parseArgs(arguments);
    return options;
  }

  @Command
  private static final class Empty {}

  private static void wrong(Consumer<NodeSecurityOptions> read, String hint, String... arguments) {
    assertThatThrownBy(() -> read.accept(options(arguments)))
        .as(String.join(" ", arguments))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(hint);
  }

  @Test
  void none_isPlainAndClosed() {
    NodeSecurityOptions none = options();

    assertThat(none.tls()).isEmpty();
    assertThat(none.mode()).isEqualTo(Mode.REQUIRED);
    assertThat(none.store()).isEqualTo(Credentials.none());
    assertThat(none.rates()).isEmpty();
    assertThat(none.read()).isEqualTo(NodeSecurity.plain());
    assertThat(options("--insecure-open").read()).isEqualTo(NodeSecurity.insecureOpen());
  }

  @Test
  void pem_withClientCertificates_isAllThere() {
    assertThat(
            options(
                    "--tls-cert",
                    "c.pem",
                    "--tls-key",
                    "k.pem",
                    "--tls-ca",
                    "ca.pem",
                    "--client-auth",
                    "Required")
                .tls()
                .orElseThrow())
        .satisfies(
            tls -> {
              assertThat(tls.clients()).isEqualTo(ClientAuth.REQUIRED);
              assertThat(tls.identity().file()).isEqualTo(Path.of("c.pem"));
              assertThat(tls.authorities()).contains(Path.of("ca.pem"));
            });
  }

  @Test
  void pkcs12_withItsPasswordFile_isAllThere() {
    assertThat(options("--tls-pkcs12", "n.p12", "--tls-password-file", "p").tls().orElseThrow())
        .extracting(tls -> tls.identity())
        .isInstanceOf(TlsIdentity.Pkcs12.class);
  }

  @Test
  void tls_halfOfIt_saysWhatIsMissing() {
    wrong(NodeSecurityOptions::tls, "--tls-key", "--tls-cert", "c.pem");
    wrong(NodeSecurityOptions::tls, "--tls-cert", "--tls-key", "k.pem");
    wrong(NodeSecurityOptions::tls, "--tls-cert", "--tls-ca", "ca.pem");
    wrong(NodeSecurityOptions::tls, "--tls-password-file", "--tls-pkcs12", "n.p12");
    wrong(NodeSecurityOptions::tls, "--tls-pkcs12", "--tls-password-file", "p");
    wrong(
        NodeSecurityOptions::tls,
        "--tls-ca",
        "--tls-cert",
        "c",
        "--tls-key",
        "k",
        "--client-auth",
        "request");
    wrong(
        NodeSecurityOptions::tls,
        "either",
        "--tls-cert",
        "c",
        "--tls-key",
        "k",
        "--tls-pkcs12",
        "n.p12");
    wrong(NodeSecurityOptions::tls, "none, request or required", "--client-auth", "maybe");
  }

  @Test
  void store_credentials_areThoseOfTheFiles() {
    Credentials store =
        options(
                "--store-tls-ca",
                "ca",
                "--store-tls-cert",
                "c",
                "--store-tls-key",
                "k",
                "--store-user",
                "payments",
                "--store-password-file",
                "p")
            .store();

    assertThat(store.authorities()).contains(Path.of("ca"));
    assertThat(store.certificate()).isPresent();
    assertThat(store.login().orElseThrow().user()).isEqualTo("payments");
    wrong(NodeSecurityOptions::store, "--store-user", "--store-password-file", "p");
    wrong(NodeSecurityOptions::store, "together", "--store-tls-cert", "c");
  }

  @Test
  void rates_byRole_areReadOrRefused() {
    assertThat(options("--rate-limit", "customer=5:9", "--rate-limit", "OPERATOR=7").rates())
        .containsEntry(Role.CUSTOMER, new Rate(5, 9))
        .containsEntry(Role.OPERATOR, new Rate(7, 14))
        .hasSize(2);
    wrong(NodeSecurityOptions::rates, "customer", "--rate-limit", "system=1");
    wrong(NodeSecurityOptions::rates, "requests a second", "--rate-limit", "customer=many");
  }

  @Test
  void warnings_openAndPlain_sayWhoCouldDoWhat() {
    Advertised here = Advertised.of("127.0.0.1", Optional.empty());
    Advertised elsewhere = Advertised.of("10.0.0.1", Optional.empty());

    assertThat(options().read().warnings(here)).isEmpty();
    assertThat(options().read().warnings(elsewhere)).singleElement().asString().contains("no TLS");
    assertThat(options("--insecure-open").read().warnings(here))
        .singleElement()
        .asString()
        .contains("--insecure-open");
    assertThat(options("--insecure-open").mode()).isEqualTo(Mode.OPEN);
  }
}
