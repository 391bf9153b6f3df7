package io.holdfast.coordination;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class OwnerTest {

  @Test
  void decode_encoded_isTheSame() {
    Owner owner =
        new Owner("a&b=c", "höst", 42, Instant.parse("2026-01-02T03:04:05Z"), Map.of("k", "v w"));

    assertThat(Owner.decode(owner.encode())).contains(owner);
    assertThat(owner.encode().text()).contains("pid=42").contains("since=2026-01-02");
  }

  @Test
  void nameOf_whatIsGiven_isTheMostParticular() {
    assertThat(Owner.nameOf("a", "b", "c.D", ":")).isEqualTo("a");
    assertThat(Owner.nameOf(null, "b", "c.D", ":")).isEqualTo("b");
    assertThat(Owner.nameOf(" ", "", "com.shop.Orders --port 80", ":")).isEqualTo("Orders");
    assertThat(Owner.nameOf(null, null, "shop/com.shop.Orders x.y", "")).isEqualTo("Orders");
    String spaced = "/opt/my apps/orders-1.2.jar";
    assertThat(Owner.nameOf(null, null, spaced + " a b", spaced)).isEqualTo("orders-1.2");
    assertThat(Owner.nameOf(null, null, "orders.war x", "orders.war")).isEqualTo("orders");
    assertThat(Owner.nameOf(null, null, "C:\\apps\\orders.jar", null)).isEqualTo("orders");
    assertThat(Owner.nameOf(null, null, null, null)).isEqualTo("java");
  }

  /** It stands in the cluster and in logs. */
  @Test
  void nameOf_commandWithArguments_showsNoneOfThem() {
    String arguments = " --password=secret --lib lib/more.jar";

    assertThat(Owner.nameOf(null, null, "com.shop.Orders" + arguments, "classes"))
        .isEqualTo("Orders");
    assertThat(Owner.nameOf(null, null, "orders.jar" + arguments, "orders.jar"))
        .isEqualTo("orders");
    assertThat(Owner.nameOf(null, null, "orders.war" + arguments, "orders.war"))
        .isEqualTo("orders");
  }

  @Test
  void thisProcess_withoutAName_isNotEverybodys() {
    assertThat(Owner.thisProcess().name()).isNotBlank().isNotEqualTo("holdfast");
  }

  @Test
  void decode_foreignData_isEmpty() {
    assertThat(Owner.decode(Payload.EMPTY)).isEmpty();
    assertThat(Owner.decode(Payload.utf8("192.168.0.1"))).isEmpty();
    assertThat(Owner.decode(Payload.utf8("name=a&host=b&pid=x&since=y"))).isEmpty();
    assertThat(Owner.decode(Payload.utf8("name=%zz&host=b&pid=1&since=y"))).isEmpty();
    assertThat(Owner.decode(Payload.of(new byte[] {-1, 0, -128}))).isEmpty();
  }
}
