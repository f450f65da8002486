import java.net.URL;

class UrlConnection {
    public static void main(String[] arguments) throws Exception {
        // The library refuses line breaks.
        String url = """
            @URL@""".replace("\n", "%0A");
        new URL(url).openConnection().getInputStream().transferTo(System.out);
    }
}
