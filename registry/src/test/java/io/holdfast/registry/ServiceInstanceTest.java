package io.holdfast.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ServiceInstanceTest {

  private static final ServiceInstance A = ServiceInstance.http("payment", "a", "10.0.0.1", 8080);

  @Test
  void http_defaults_areUpWithOrdinaryWeight() {
    assertThat(A.status()).isEqualTo(InstanceStatus.UP);
    assertThat(A.weight()).isEqualTo(100);
    assertThat(A.port("http")).hasValue(8080);
    assertThat(A.port("admin")).isEmpty();
    assertThat(A.address("http")).contains("10.0.0.1:8080");
    assertThat(A.address("admin")).isEmpty();
  }

  @Test
  void address_ipv6Host_standsInBrackets() {
    assertThat(ServiceInstance.http("s", "a", "2001:db8::1", 80).address("http"))
        .contains("[2001:db8::1]:80");
  }

  @Test
  void withers_changeOneThingEach() {
    ServiceInstance changed =
        A.withPort("admin", 9)
            .withStatus(InstanceStatus.DRAINING)
            .withWeight(7)
            .withRegion("r")
            .withZone("z")
            .withVersion("1+b")
            .withTags(Set.of("x"))
            .withMetadata("k", "v");

    assertThat(changed)
        .isEqualTo(
            new ServiceInstance(
                "payment",
                "a",
                "10.0.0.1",
                Map.of("http", 8080, "admin", 9),
                InstanceStatus.DRAINING,
                7,
                "r",
                "z",
                "1+b",
                Set.of("x"),
                Map.of("k", "v")));
    assertThat(changed.metadata("k")).contains("v");
    assertThat(A.ports()).hasSize(1);
  }

  @Test
  void collections_ofTheRecord_cannotBeChanged() {
    assertThatThrownBy(() -> A.ports().put("x", 1))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> A.tags().add("x")).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> A.metadata().put("x", "y"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "-a", "a/b", "a b", "a\n", "\u00e4", "../x", "a,b"})
  void names_outsideTheAllowList_areRefused(String name) {
    assertThatThrownBy(() -> ServiceInstance.of(name, "a", "h"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ServiceInstance.of("s", name, "h"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> A.withPort(name, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> A.withTags(Set.of(name))).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> A.withMetadata(name, "")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void id_addressAsForeignRegistriesHaveIt_isAllowed() {
    assertThat(ServiceInstance.of("s", "10.0.0.1:8080", "h").id()).isEqualTo("10.0.0.1:8080");
    assertThatThrownBy(() -> ServiceInstance.of("a:b", "a", "h"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "http://h", "[::1]", "h/../x"})
  void host_thatIsNone_isRefused(String host) {
    assertThatThrownBy(() -> ServiceInstance.of("s", "a", host))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 65_536})
  void port_outOfRange_isRefused(int port) {
    assertThatThrownBy(() -> A.withPort("http", port)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 10_001})
  void weight_outOfRange_isRefused(int weight) {
    assertThatThrownBy(() -> A.withWeight(weight)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void metadata_tooMuch_isRefused() {
    assertThatThrownBy(() -> A.withMetadata("k", "x".repeat(4_097)))
        .isInstanceOf(IllegalArgumentException.class);
    TreeMap<String, String> nine = new TreeMap<>();
    for (int i = 0; i < 9; i++) {
      nine.put("k" + i, "x".repeat(4_000));
    }
    assertThatThrownBy(() -> A.withMetadata(nine)).isInstanceOf(IllegalArgumentException.class);
    TreeMap<String, String> many = new TreeMap<>();
    for (int i = 0; i < 65; i++) {
      many.put("k" + i, "");
    }
    assertThatThrownBy(() -> A.withMetadata(many)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusal_ofHostileText_showsItShortAndPrintable() {
    assertThatThrownBy(() -> ServiceInstance.of("s", "x\u001b[31m" + "y".repeat(500), "h"))
        .hasMessageContaining("x?[31m")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(250));
  }
}
