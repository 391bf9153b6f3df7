package io.holdfast.loadbalancer.internal.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.loadbalancer.Affinity;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import net.openhft.hashing.LongHashFunction;
import org.junit.jupiter.api.Test;

final class XxHash64Test {

  @Test
  void of_publishedVectors_agrees() {
    assertThat(XxHash64.of("", 0)).isEqualTo(0xEF46DB3751D8E999L);
    assertThat(XxHash64.of("a", 0)).isEqualTo(0xD24EC4F1A98C6E5BL);
    assertThat(XxHash64.of("abc", 0)).isEqualTo(0x44BC2CF5AD770999L);
  }

  @Test
  void of_everyLengthAndSomeSeeds_agreesWithAnotherImplementation() {
    Random random = new Random(1);
    for (int length = 0; length < 200; length++) {
      byte[] data = new byte[length];
      random.nextBytes(data);
      for (long seed : new long[] {0, 1, -1, random.nextLong()}) {
        assertThat(XxHash64.of(data, seed)).isEqualTo(LongHashFunction.xx(seed).hashBytes(data));
      }
    }
  }

  @Test
  void affinity_ofAKey_isTheHashOfItsBytes() {
    String key = "zahlung-äöü-€";
    assertThat(Affinity.of(key).hash())
        .isEqualTo(LongHashFunction.xx().hashBytes(key.getBytes(StandardCharsets.UTF_8)));
  }
}
