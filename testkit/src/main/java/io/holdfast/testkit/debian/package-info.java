/**
 * Programs out of the distribution's packages, for tests that want the real thing where it is not
 * installed. Read {@code DebianPackages} first.
 */
@NullMarked
package io.holdfast.testkit.debian;

import org.jspecify.annotations.NullMarked;
