package io.holdfast.spring.config;

import java.util.Set;
import org.springframework.context.ApplicationEvent;

/**
 * Settings of an imported group have changed, and the environment has the new ones. Published on a
 * thread of its own, one at a time. With Spring Cloud, its {@code EnvironmentChangeEvent} is
 * published too, and beans in the refresh scope are made anew.
 */
public final class SettingsChanged extends ApplicationEvent {

  private static final long serialVersionUID = 1;

  private final String group;
  private final transient Set<String> names;

  SettingsChanged(Object source, String group, Set<String> names) {
    super(source);
    this.group = group;
    this.names = Set.copyOf(names);
  }

  /** The group. */
  public String group() {
    return group;
  }

  /** Names of the properties that have changed, come or gone. */
  public Set<String> names() {
    return names;
  }
}
