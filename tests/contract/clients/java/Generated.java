package javax.annotation;

/** What generated code is marked by. The generator's program, whose libraries the client is compiled with, lacks this one. */
public @interface Generated {
    String[] value();

    String date() default "";

    String comments() default "";
}
