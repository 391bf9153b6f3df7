package io.holdfast.spring.config;

import java.util.Optional;
import org.springframework.boot.context.config.ConfigDataResource;

/** One group that is imported. */
final class GroupResource extends ConfigDataResource {

  private final String group;
  private final Optional<String> profile;

  GroupResource(String group, boolean optional) {
    this(group, optional, Optional.empty());
  }

  private GroupResource(String group, boolean optional, Optional<String> profile) {
    super(optional);
    this.group = group;
    this.profile = profile;
  }

  /** The group that has what a profile says otherwise. */
  static GroupResource of(String group, String profile, boolean optional) {
    return new GroupResource(group + "." + profile, optional, Optional.of(profile));
  }

  /** Empty if it is imported whatever the profiles. */
  Optional<String> profile() {
    return profile;
  }

  String group() {
    return group;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GroupResource that && group.equals(that.group);
  }

  @Override
  public int hashCode() {
    return group.hashCode();
  }

  @Override
  public String toString() {
    return "holdfast:" + group;
  }
}
