extension TestKeys {
    /// Made for these tests, and used by nobody.
    static let rsaPrivate = """
        -----BEGIN PRIVATE KEY-----
        MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCblh9awLoem54l
        /w+uY5sZ4CT8r2iIZlvCcZF0DxvQMFEpJSG3VT0ncttogzgblUx8SO9n1IleWvUh
        z4cJjJr4BmUOY5mwCOUYmvzga3Sbh+pJDzT5QccRxx7F2x1sjnG/NXVeashrxsBj
        swaCXIWKz0QJIEb9pD40MI2da0cWsB6A/t+lOY9x1wE7k1iQ/LqyFZb/Z+EcMe5n
        Bpq17pzMcOFMg+F+Mmgb9G8yIHevhrJW8BLI4bRBZjuzh5B6IR/VrLH6vdOTKhM9
        EcseE77IyY9vki52O4TQbdTB9tLtNUcChrVWYskf/0p0bB0xRqct5LxrEbBasW1R
        m4wkKaM1AgMBAAECggEAJ23Rj121LSmR2B49+ptahKG1reXED4ElMu82BdwIV+fO
        wacb1sq+vz8P1Hogn3jkE8EmDsGheGyDn+hoV+aupTl1pcJfAeoXKPeqKzOALyQw
        HwjAC4T8bohwR4MCf27P672f+2gDV7DcM8f8V9AbtbRWERwBcakMbIx7bw/vSZO+
        QUfw0i1uKd/94U+R99zdFIObbIZcVv6+4FW2HF0RxOQWQQODYGQ3lVxnAyIfqmjp
        bhCwLa8qJm1AOlNLm8HIhZN8ypdPEWy/8kst0JiRphpTnCPib5IgSI5HQzGvxXrn
        RudKR8N0V3YEf5tMkSbdqoKnhhCkM3Pk0vcdY3+6RwKBgQDQCtBB6mJJuBxZOV6f
        Kfm4gqRgJRNQ+LGPLrr8bOh5Z6ppwU2nKk1nKQJlj2985/VfvCorbk8Zm8fYKEnJ
        N1bLq2ybacX3l7yz7WiEMf2LyVqezNsUaU+Yex+/4/s9s6ctjvGaMAmCTRvC1lTT
        sMh4cRi1TILgoqTpjGJ1eBtX1wKBgQC/c7xp7Bl6ILDdVe84GNvT2nSVSI7Egl89
        8q9yUu6pN4HVtntgNWWb7QDv4OY40c8WlWhA4wSbaJTkPX5oz+PPqZtPHE6uyQje
        X8ZA2E4OFjkYqHT7raPni2AqKWVAsWj4qWAkNF8lzwmaOlAZhQCh32tMSwglCmFV
        I10a6rYL0wKBgDEovPk2Zy9AQAKdWcyGYKnGxQyq9huGCH7q7ehD29MEOfJvaOf9
        SPj9acGR2ShMr2CF1/kXQb2tX9Wl/3l6iBnsUeePYOYWhtKFYNML9PuZAr7PbV0v
        XU2Mmn3/Yxi7YN+VDWX/v994VPz/JGA5P8WmA86jW7G0/P7q20EitmNVAoGBALy8
        PK7zCL6jwZfBIp3bq8Jy5mFQcSX6HCg2uYzrgsmgpcboKUJUAYIwp67SuEKlWxC5
        Y1gsNJt8AuPqV1a+MqfCXRAlKNAX8T0/j3LXikNK1yie0QxXRnB5ruiBfIbFHmWc
        m+G1G2NrcdzvxY0S1+e8F8vTYAkb7Y3/2cYyQhrvAoGACuLORtQokGXbijQb3EfZ
        Q02mRS7euUOHvoq3yhASf8hG6KU3CerOWHaKaVRa78LQs1p+FtUi0+V08pBAlvu4
        vq/K26fYTJ0sHxAsz24R5EpH/CMjaAQ+5vksdrXW5rgOCWjCqC5Et+UR7QqZSn+Q
        POLa5vv5aRXKyDXFxmi1Erg=
        -----END PRIVATE KEY-----
        """

    static let rsaPublic = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAm5YfWsC6HpueJf8PrmOb
        GeAk/K9oiGZbwnGRdA8b0DBRKSUht1U9J3LbaIM4G5VMfEjvZ9SJXlr1Ic+HCYya
        +AZlDmOZsAjlGJr84Gt0m4fqSQ80+UHHEccexdsdbI5xvzV1XmrIa8bAY7MGglyF
        is9ECSBG/aQ+NDCNnWtHFrAegP7fpTmPcdcBO5NYkPy6shWW/2fhHDHuZwaate6c
        zHDhTIPhfjJoG/RvMiB3r4ayVvASyOG0QWY7s4eQeiEf1ayx+r3TkyoTPRHLHhO+
        yMmPb5IudjuE0G3UwfbS7TVHAoa1VmLJH/9KdGwdMUanLeS8axGwWrFtUZuMJCmj
        NQIDAQAB
        -----END PUBLIC KEY-----
        """

    /// A public key of 1024 bits.
    static let rsaSmall = """
        -----BEGIN PUBLIC KEY-----
        MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDQYaKVhwcA7hpii0TbMkt6I73Z
        Dy86/UWKqlrZcx5LTzzORJVmdSbEaxPCr3GHGfkFX84FW3JZ2HmdzlZbX7LXiiBK
        Ui8u7hh9DCOArfFy+AQICBf77uOAXFzAQ0X8A+jgnENaNRwishLRehAQqweU9Ejo
        IQFQnbnf0eN6Op/cNQIDAQAB
        -----END PUBLIC KEY-----
        """
}
