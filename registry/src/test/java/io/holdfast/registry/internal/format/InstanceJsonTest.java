package io.holdfast.registry.internal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.coordination.Payload;
import io.holdfast.registry.InstanceStatus;
import io.holdfast.registry.ServiceInstance;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class InstanceJsonTest {

  @Test
  void encode_fullInstance_isTheDocumentedForm() {
    ServiceInstance instance =
        ServiceInstance.http("payment", "a", "h", 80)
            .withRegion("r")
            .withZone("z")
            .withVersion("1")
            .withTags(Set.of("y", "x"))
            .withMetadata("shards", "1,2 \"\u00e9\"");

    assertThat(InstanceJson.encode(instance).text())
        .isEqualTo(
            "{\"service\":\"payment\",\"id\":\"a\",\"host\":\"h\",\"ports\":{\"http\":80},"
                + "\"status\":\"UP\",\"weight\":100,\"region\":\"r\",\"zone\":\"z\","
                + "\"version\":\"1\",\"tags\":[\"x\",\"y\"],\"metadata\":{\"shards\":\"1,2 \\\"\u00e9\\\"\"}}");
  }

  @Test
  void decode_whatWasEncoded_isTheSame() throws InstanceJson.MalformedException {
    ServiceInstance instance =
        ServiceInstance.of("payment", "a", "2001:db8::1")
            .withStatus(InstanceStatus.STARTING)
            .withWeight(0)
            .withTags(Set.of("x"))
            .withMetadata("k", "\u0000\ud83d\ude00");

    assertThat(InstanceJson.decode(InstanceJson.encode(instance))).isEqualTo(instance);
  }

  @Test
  void decode_onlyWhatMustBeThere_hasDefaults() throws InstanceJson.MalformedException {
    assertThat(decode("{\"service\":\"s\",\"id\":\"a\",\"host\":\"h\"}"))
        .isEqualTo(ServiceInstance.of("s", "a", "h"));
  }

  @Test
  void decode_unknownFieldsAndClassNames_areIgnored() throws InstanceJson.MalformedException {
    assertThat(
            decode(
                "{\"@class\":\"java.lang.ProcessBuilder\",\"service\":\"s\",\"id\":\"a\","
                    + "\"host\":\"h\",\"later\":{\"deep\":[1,{\"@type\":\"x\"}]}}"))
        .isEqualTo(ServiceInstance.of("s", "a", "h"));
  }

  @Test
  void decode_unknownStatus_takesNoRequests() throws InstanceJson.MalformedException {
    assertThat(
            decode("{\"service\":\"s\",\"id\":\"a\",\"host\":\"h\",\"status\":\"NEW\"}").status())
        .isEqualTo(InstanceStatus.OUT_OF_SERVICE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "17",
        "{",
        "{}",
        "\u0000\u0001",
        "{\"service\":\"s\",\"id\":\"a\"}",
        "{\"service\":\"s\",\"id\":\"../a\",\"host\":\"h\"}",
        "{\"service\":1,\"id\":\"a\",\"host\":\"h\"}",
        "{\"service\":\"s\",\"id\":\"a\",\"host\":\"h\",\"ports\":{\"http\":70000}}",
        "{\"service\":\"s\",\"id\":\"a\",\"host\":\"h\",\"ports\":{\"http\":\"80\"}}",
        "{\"service\":\"s\",\"id\":\"a\",\"host\":\"h\",\"weight\":1.5}",
        "{\"service\":\"s\",\"id\":\"a\",\"host\":\"h\",\"weight\":99999999999}",
        "{\"service\":\"s\",\"id\":\"a\",\"host\":\"h\",\"tags\":[[]]}",
      })
  void decode_malformed_isSaidToBe(String text) {
    assertThatThrownBy(() -> decode(text)).isInstanceOf(InstanceJson.MalformedException.class);
  }

  @Test
  void decode_deeplyNested_isRefusedWithoutOverflow() {
    assertThatThrownBy(() -> decode("[".repeat(100_000)))
        .isInstanceOf(InstanceJson.MalformedException.class);
  }

  private static ServiceInstance decode(String text) throws InstanceJson.MalformedException {
    return InstanceJson.decode(Payload.utf8(text));
  }
}
