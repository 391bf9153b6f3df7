package io.holdfast.payment.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.registry.ServiceInstance;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The form in which a node says what it owns. */
class PaymentDirectoryTest {

  private static ServiceInstance owning(String shards) {
    return ServiceInstance.http(PaymentDirectory.SERVICE, "node", "127.0.0.1", 1)
        .withMetadata(PaymentDirectory.SHARDS, shards);
  }

  @Test
  void write_anyOrder_isReadBackSorted() {
    String text = PaymentDirectory.write(List.of(10, 0, 3));

    assertThat(text).isEqualTo("0,3,10");
    assertThat(PaymentDirectory.shardsOf(owning(text))).containsExactly(0, 3, 10);
  }

  @Test
  void shardsOf_nothingOrNonsense_isPassedOver() {
    assertThat(PaymentDirectory.shardsOf(owning(""))).isEmpty();
    assertThat(PaymentDirectory.shardsOf(owning("1,x,-2,99999,4,"))).containsExactly(1, 4);
    assertThat(
            PaymentDirectory.shardsOf(
                ServiceInstance.http(PaymentDirectory.SERVICE, "node", "127.0.0.1", 1)))
        .isEmpty();
  }
}
