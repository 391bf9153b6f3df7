package io.holdfast.cli.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IpAddressTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.7, IPv4, 10.0.0.7",
    "2001:DB8:0:0:1:0:0:1, IPv6, 2001:db8::1:0:0:1",
    "2001:db8:0:1:1:1:1:1, IPv6, 2001:db8:0:1:1:1:1:1",
    "2001:0db8::, IPv6, 2001:db8::",
    "fd00:0:0:0:0:0:0:1, IPv6, fd00::1",
    "::ffff:10.0.0.7, IPv4, 10.0.0.7"
  })
  void parse_address_hasOneForm(String host, String family, String text) {
    assertThat(IpAddress.parse(host))
        .hasValueSatisfying(
            address -> {
              assertThat(address.family().addressType()).isEqualTo(family);
              assertThat(address.text()).isEqualTo(text);
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "billing.example",
        "localhost",
        "127.0.0.1",
        "0.0.0.0",
        "169.254.0.1",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "ff02::1",
        "::",
        "010.0.0.7",
        "999.0.0.1",
        "10.1",
        "1:2:3",
        "a:b::c::d"
      })
  void parse_whatKubernetesRefuses_isEmpty(String host) {
    assertThat(IpAddress.parse(host)).isEmpty();
  }
}
