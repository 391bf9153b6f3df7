package io.holdfast.gateway.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

final class SourceLimitTest {

  private static final long SECOND = 1_000_000_000;

  private final SourceLimit limit = new SourceLimit(2, 99, 0);

  private static InetAddress address(String text) throws UnknownHostException {
    return InetAddress.getByName(text);
  }

  @Test
  void accepts_oneNetwork_countsItsAddressesTogether() throws UnknownHostException {
    assertThat(limit.accepts(address("192.0.2.1"), 1)).isTrue();
    assertThat(limit.accepts(address("192.0.2.77"), 2)).isTrue();
    assertThat(limit.accepts(address("192.0.2.200"), 3)).isFalse();

    assertThat(limit.accepts(address("192.0.3.1"), 3)).isTrue();
    assertThat(limit.accepts(address("192.0.2.1"), SECOND)).isTrue();
  }

  @Test
  void accepts_oneNetworkOfVersion6_countsItsAddressesTogether() throws UnknownHostException {
    assertThat(limit.accepts(address("2001:db8:0:1200::1"), 1)).isTrue();
    assertThat(limit.accepts(address("2001:db8:0:12ff::2"), 1)).isTrue();
    assertThat(limit.accepts(address("2001:db8:0:1234::3"), 1)).isFalse();
  }
}
