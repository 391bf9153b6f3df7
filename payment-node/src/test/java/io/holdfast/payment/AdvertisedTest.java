package io.holdfast.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.payment.Advertised.HostPort;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class AdvertisedTest {

  private static Advertised of(String bind, String advertise) {
    return Advertised.of(bind, Optional.of(advertise));
  }

  @Test
  void at_bindOnly_isWhereItListens() {
    assertThat(Advertised.of("127.0.0.1", Optional.empty()).at(4711)).hasToString("127.0.0.1:4711");
    assertThat(Advertised.of("127.0.0.1:80", Optional.empty()).bindPort()).isEqualTo(80);
    assertThat(Advertised.of("127.0.0.1:0", Optional.empty()).at(4711))
        .hasToString("127.0.0.1:4711");
  }

  @Test
  void at_advertisedHost_keepsThePortUnlessItSaysOne() {
    assertThat(of("0.0.0.0:8080", "node1.bank.example").at(8080))
        .hasToString("node1.bank.example:8080");
    assertThat(of("0.0.0.0:8080", "node1.bank.example:443").at(8080))
        .hasToString("node1.bank.example:443");
    assertThat(of("10.0.0.1", "node1").at(4711)).hasToString("node1:4711");
  }

  @Test
  void parse_ipv6_isWrittenAsInAUrl() {
    assertThat(HostPort.parse("[::1]:80")).isEqualTo(new HostPort("::1", OptionalInt.of(80)));
    assertThat(HostPort.parse("::1")).isEqualTo(new HostPort("::1", OptionalInt.empty()));
    assertThat(HostPort.parse("[fe80::1]")).hasToString("[fe80::1]");
  }

  @Test
  void of_everyAddressWithoutAdvertise_isRefused() {
    for (String every : List.of("0.0.0.0", "[::]:80", "::")) {
      assertThatThrownBy(() -> Advertised.of(every, Optional.empty()))
          .as(every)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("--advertise");
      assertThatThrownBy(() -> of("10.0.0.1", every)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void of_advertisedPortOfAPortThatIsChosen_isRefused() {
    assertThatThrownBy(() -> of("10.0.0.1", "node1:80")).hasMessageContaining("--bind");
    assertThatThrownBy(() -> of("10.0.0.1:0", "node1:80")).hasMessageContaining("--bind");
    assertThatThrownBy(() -> of("10.0.0.1:80", "node1:0")).hasMessageContaining("not 0");
  }

  @Test
  void parse_anythingElse_isRefused() {
    for (String wrong :
        List.of(
            "",
            ":80",
            "host:",
            "host:99999",
            "http://host",
            "a b",
            "host/x",
            "[::1",
            "-h",
            "ho\u0000st",
            "user@host",
            "[host]:80x")) {
      assertThatThrownBy(() -> HostPort.parse(wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void isLoopback_byHowItIsWritten() {
    assertThat(Advertised.of("127.0.0.1:1", Optional.empty()).isLoopback()).isTrue();
    assertThat(Advertised.of("::1", Optional.empty()).isLoopback()).isTrue();
    assertThat(Advertised.of("10.0.0.1", Optional.empty()).isLoopback()).isFalse();
    assertThat(Advertised.of("127.0.0.1.example", Optional.empty()).isLoopback()).isFalse();
  }
}
