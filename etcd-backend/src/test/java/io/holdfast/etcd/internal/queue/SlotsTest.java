package io.holdfast.etcd.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Key;
import io.holdfast.etcd.internal.read.PlaceName;
import org.junit.jupiter.api.Test;

class SlotsTest {

  private static final Key QUEUE = Key.of("locks", "q");

  private final Slots slots = new Slots();

  private static Key place(int slot, long created) {
    return QUEUE.child(PlaceName.lasting(PlaceName.of(1, slot, "lock"), created));
  }

  @Test
  void take_whileOthersStand_isTheLowestThatIsFree() {
    assertThat(slots.take(QUEUE)).isZero();
    assertThat(slots.take(QUEUE)).isEqualTo(1);
    assertThat(slots.take(Key.of("locks", "other"))).isZero();
    slots.joined(place(0, 5));

    slots.left(place(0, 5));

    assertThat(slots.take(QUEUE)).isZero();
    assertThat(slots.take(QUEUE)).isEqualTo(2);
  }

  @Test
  void notJoined_givesTheSlotBack() {
    slots.take(QUEUE);
    slots.notJoined(QUEUE, 0);

    assertThat(slots.take(QUEUE)).isZero();
  }

  @Test
  void left_saidAgainOnceTheSlotIsTakenAnew_changesNothing() {
    slots.take(QUEUE);
    slots.joined(place(0, 5));
    slots.left(place(0, 5));
    slots.take(QUEUE);
    slots.left(place(0, 5));
    slots.joined(place(0, 9));

    slots.left(place(0, 5));

    assertThat(slots.take(QUEUE)).isEqualTo(1);
  }

  @Test
  void left_somebodyElsesPlace_changesNothing() {
    slots.take(QUEUE);
    slots.joined(place(0, 5));

    slots.left(QUEUE.child(PlaceName.lasting(PlaceName.of(2, 0, "lock"), 5)));
    slots.left(QUEUE.child("anything"));

    assertThat(slots.take(QUEUE)).isEqualTo(1);
  }
}
