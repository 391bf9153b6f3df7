package io.holdfast.spring.config;

import org.springframework.boot.context.config.ConfigDataResource;

/** One group that is imported. */
final class GroupResource extends ConfigDataResource {

  private final String group;

  GroupResource(String group, boolean optional) {
    super(optional);
    this.group = group;
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
