package io.holdfast.gateway.xds;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HostAddressesTest {

  private final Queue<Runnable> lookUps = new ArrayDeque<>();
  private final List<Set<String>> told = new ArrayList<>();
  private List<String> answer = List.of("10.0.0.1", "10.0.0.2");
  private final HostAddresses addresses = new HostAddresses(this::look, lookUps::add, told::add);

  private List<String> look(String host) throws UnknownHostException {
    if (host.startsWith("bad")) {
      throw new IllegalArgumentException(host);
    }
    if (answer.isEmpty()) {
      throw new UnknownHostException(host);
    }
    return answer;
  }

  private void run() {
    while (!lookUps.isEmpty()) {
      lookUps.remove().run();
    }
  }

  private void lookAgain() {
    for (int i = 0; i < 6; i++) {
      addresses.refresh(host -> true);
    }
    run();
  }

  @Test
  void of_name_isKnownOnceItIsLookedUpElsewhere() {
    assertThat(addresses.of("payment", "p.example")).isEmpty();
    assertThat(addresses.areLookedUp("payment", List.of("p.example"))).isFalse();
    assertThat(lookUps).hasSize(1);

    run();

    assertThat(told).containsExactly(Set.of("payment"));
    assertThat(addresses.of("payment", "p.example")).contains("10.0.0.1");
    assertThat(addresses.areLookedUp("payment", List.of("p.example"))).isTrue();
    assertThat(lookUps).isEmpty();
  }

  @Test
  void of_address_isItself() {
    assertThat(addresses.of("payment", "10.0.0.7")).contains("10.0.0.7");
    assertThat(addresses.of("payment", "2001:db8::1")).contains("2001:db8:0:0:0:0:0:1");
    assertThat(addresses.areLookedUp("payment", List.of("10.0.0.7"))).isTrue();
    assertThat(lookUps).isEmpty();
  }

  @Test
  void of_nameServiceFails_keepsTheLastAddress() {
    addresses.of("payment", "p.example");
    run();
    told.clear();

    answer = List.of();
    lookAgain();
    assertThat(addresses.of("payment", "p.example")).contains("10.0.0.1");
    assertThat(told).isEmpty();

    // Another order is no change; another address is.
    answer = List.of("10.0.0.2", "10.0.0.1");
    lookAgain();
    assertThat(told).isEmpty();
    answer = List.of("10.0.0.9");
    lookAgain();
    assertThat(addresses.of("payment", "p.example")).contains("10.0.0.9");
    assertThat(told).containsExactly(Set.of("payment"));
  }

  @Test
  void of_resolverBreaks_isLookedUpAgain() {
    addresses.of("payment", "bad.example");
    run();
    assertThat(addresses.areLookedUp("payment", List.of("bad.example"))).isTrue();

    addresses.refresh(host -> true);

    assertThat(lookUps).hasSize(1);
  }

  @Test
  void refresh_lookUpTakesLong_isWaitedForNoLonger() {
    addresses.areLookedUp("payment", List.of("slow.example"));

    addresses.refresh(host -> true);

    assertThat(told).containsExactly(Set.of("payment"));
    assertThat(addresses.areLookedUp("payment", List.of("slow.example"))).isTrue();
    // One look-up of a name at a time.
    assertThat(lookUps).hasSize(1);
    run();
    assertThat(addresses.of("payment", "slow.example")).contains("10.0.0.1");
  }

  @Test
  void refresh_nameThatNobodyHas_isForgotten() {
    addresses.of("payment", "p.example");
    run();

    addresses.refresh(host -> false);

    assertThat(addresses.areLookedUp("payment", List.of("p.example"))).isFalse();
  }
}
