package io.holdfast.etcd.internal.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Key;
import io.holdfast.spi.Claim;
import org.junit.jupiter.api.Test;

class PlaceNameTest {

  private static final long LEASE = 0x694d7a1b2c3d4e5fL;
  private static final Key QUEUE = Key.of("locks", "q");

  @Test
  void lasting_anyPlace_leadsBackToItsNameModeAndRevision() {
    String name = PlaceName.of(LEASE, 300, "permits2of5");
    Key key = QUEUE.child(PlaceName.lasting(name, 77));

    assertThat(new Keyspace(Key.of("bank")).path(key)).isEqualTo("/bank/locks/q/" + name);
    assertThat(Keyspace.created(key)).hasValue(77);
    assertThat(PlaceName.mode(key.name())).isEqualTo("permits2of5");
    assertThat(PlaceName.mode(name)).isEqualTo("permits2of5");
    assertThat(PlaceName.slot(key.name())).isEqualTo(300);
  }

  @Test
  void lasting_foreignLock_isTakenBackToItsName() {
    Key key = QUEUE.child(PlaceName.lasting(Long.toHexString(LEASE), 77));

    assertThat(new Keyspace(Key.of("bank")).path(key)).isEqualTo("/bank/locks/q/694d7a1b2c3d4e5f");
    assertThat(Keyspace.created(key)).hasValue(77);
    assertThat(PlaceName.mode(key.name())).isEqualTo(Claim.EXCLUSIVE);
  }

  @Test
  void stored_keysThatAreNoPlaces_areLeftAlone() {
    for (String name :
        new String[] {
          "a~revision",
          "host~rev12",
          "12~34",
          "ab_000001_lock~rev",
          "ab_000001_lock~rev123456789012345678901234567890",
          "ab_1_lock~rev12",
          "ab~rev12.old",
          "of-ab_000001_lock~rev12"
        }) {
      Key key = QUEUE.child(name);
      assertThat(new Keyspace(Key.of("bank")).path(key)).isEqualTo("/bank/locks/q/" + name);
      assertThat(Keyspace.created(key)).isEmpty();
      assertThat(PlaceName.mode(name)).isEqualTo(Claim.EXCLUSIVE);
    }
    Key below = QUEUE.child("ab_000001_lock~rev12").child("x");
    assertThat(new Keyspace(Key.of("bank")).path(below))
        .isEqualTo("/bank/locks/q/ab_000001_lock~rev12/x");
  }

  @Test
  void of_greaterSlot_isTheGreaterText() {
    assertThat(PlaceName.of(LEASE, 9, "zwei")).isLessThan(PlaceName.of(LEASE, 10, "eins"));
    assertThat(PlaceName.of(LEASE, 255, "zwei")).isLessThan(PlaceName.of(LEASE, 256, "eins"));
  }
}
